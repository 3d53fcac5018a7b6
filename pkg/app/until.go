package app

import (
	"context"
	"time"
)

// Until looks again and again until it holds, which it returns, or the time within is over. Between two looks it waits,
// first for so long, then twice as long each time, and for most at last. The end of the context and an error of look
// end it as an error.
func (a *App) Until(ctx context.Context, within, first, most time.Duration, look func() (bool, error)) (bool, error) {
	end := a.Now().Add(within)
	for wait := first; ; wait = min(2*wait, most) {
		if ok, err := look(); ok || err != nil || a.Now().After(end) {
			return ok, err
		}
		if err := a.Sleep(ctx, wait); err != nil {
			return false, err
		}
	}
}
