package broker

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// attempt is a request that runs beside others and may never be answered.
type attempt struct {
	// done is closed once resp and err are there.
	done   chan struct{}
	cancel context.CancelFunc
	resp   *http.Response
	err    error
}

// attempt sends a request. Whoever sends it drops it in the end, answered or not.
func (c *Client) attempt(ctx context.Context, path string, query url.Values) *attempt {
	ctx, cancel := context.WithCancel(ctx)
	a := &attempt{done: make(chan struct{}), cancel: cancel}
	go func() {
		defer close(a.done)
		a.resp, a.err = c.get(ctx, path, query)
	}()
	return a
}

// within waits for the answer, for so long at most, and tells whether it is there.
func (a *attempt) within(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-a.done:
		return true
	case <-timer.C:
	case <-ctx.Done():
		// Its end answers the attempt too.
		<-a.done
		return true
	}
	return a.answered()
}

func (a *attempt) answered() bool {
	select {
	case <-a.done:
		return true
	default:
		return false
	}
}

// drop ends the attempt.
func (a *attempt) drop() {
	a.cancel()
	<-a.done
	if a.resp != nil {
		a.resp.Body.Close()
	}
}

// share is a part of what is left of the time budget, and never more than the limit.
func share(ctx context.Context, part float64, limit time.Duration) time.Duration {
	deadline, ok := ctx.Deadline()
	if !ok {
		return limit
	}
	return min(limit, max(0, time.Duration(part*float64(time.Until(deadline)))))
}
