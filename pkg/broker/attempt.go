package broker

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// attempt is a request that runs beside others; its value is the answer.
type attempt struct{ *beside[*http.Response] }

// attempt sends a request. Whoever sends it drops it in the end, answered or not.
func (c *Client) attempt(ctx context.Context, path string, query url.Values) *attempt {
	return &attempt{runBeside(ctx, func(ctx context.Context) (*http.Response, error) { return c.get(ctx, path, query) })}
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
	a.beside.drop()
	if a.value != nil {
		a.value.Body.Close()
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
