package app

import (
	"context"
	"time"
)

// Until calls look again and again until look returns true or the duration within is over, and returns the last answer.
// Between two calls it waits: for the duration first at first, then twice as long each time, but never longer than the
// duration most. If look returns an error, or the context ends, Until returns that error.
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
