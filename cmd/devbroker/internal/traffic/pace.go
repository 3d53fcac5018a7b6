package traffic

import (
	"context"
	"time"
)

// pace limits work to a rate. After a delay there is no burst to catch up.
type pace struct {
	interval time.Duration
	next     time.Time
}

// newPace returns a pace of perSecond pieces of work a second; 0 or less means as fast as possible.
func newPace(perSecond float64) *pace {
	if perSecond <= 0 {
		return &pace{}
	}
	return &pace{interval: time.Duration(float64(time.Second) / perSecond), next: time.Now()}
}

// wait waits until the next piece of work is due, and returns true. It returns false if the context ends first.
func (p *pace) wait(ctx context.Context) bool {
	if p.interval > 0 {
		if delay := time.Until(p.next); delay > 0 {
			select {
			case <-ctx.Done():
				return false
			case <-time.After(delay):
			}
		} else {
			p.next = time.Now()
		}
		p.next = p.next.Add(p.interval)
	}
	return ctx.Err() == nil
}

// bounded returns a context that ends after the limit and with ctx, or only with ctx if the limit is 0.
func bounded(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if limit <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, limit)
}
