// Package beside runs work beside other work, within shares of one time budget.
package beside

import (
	"context"
	"time"
)

// Work runs beside other work and may never end.
type Work[T any] struct {
	done   chan struct{}
	cancel context.CancelFunc
	value  T
	err    error
	took   time.Duration
}

// Run starts work. The caller must call Drop in the end.
func Run[T any](ctx context.Context, work func(context.Context) (T, error)) *Work[T] {
	ctx, cancel := context.WithCancel(ctx)
	w := &Work[T]{done: make(chan struct{}), cancel: cancel}
	began := time.Now()
	go func() {
		defer close(w.done)
		w.value, w.err = work(ctx)
		w.took = time.Since(began)
	}()
	return w
}

// Done is closed once the work is over.
func (w *Work[T]) Done() <-chan struct{} { return w.done }

// Over tells whether the work has come to its end.
func (w *Work[T]) Over() bool {
	select {
	case <-w.done:
		return true
	default:
		return false
	}
}

// Result waits for the end of the work, and returns its value and its error.
func (w *Work[T]) Result() (T, error) {
	<-w.done
	return w.value, w.err
}

// Took waits for the end of the work, and returns how long the work took.
func (w *Work[T]) Took() time.Duration {
	<-w.done
	return w.took
}

// Within waits for the end of the work, for at most d, and reports whether the work has ended.
func (w *Work[T]) Within(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-w.done:
		return true
	case <-timer.C:
	case <-ctx.Done():
		// When ctx ends, the work ends too, because its context comes from ctx.
		<-w.done
		return true
	}
	return w.Over()
}

// Cancel ends the work, and does not wait.
func (w *Work[T]) Cancel() { w.cancel() }

// Drop ends the work, and waits until it has ended.
func (w *Work[T]) Drop() {
	w.cancel()
	<-w.done
}

// Forever is longer than any answer takes.
const Forever = 24 * time.Hour

// Share returns the given part of the time that is left until the deadline of the context, but at most the limit.
// Without a deadline it returns the limit.
func Share(ctx context.Context, part float64, limit time.Duration) time.Duration {
	deadline, ok := ctx.Deadline()
	if !ok {
		return limit
	}
	return min(limit, max(0, time.Duration(part*float64(time.Until(deadline)))))
}
