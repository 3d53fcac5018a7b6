package app

import (
	"context"
	"time"
)

// Until calls look until it returns true, or until the time given by within has passed. It returns the last answer of
// look. The first wait between two calls is first; each later wait is twice as long, but at most most. If look returns
// an error, or the context ends, Until returns that error.
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
