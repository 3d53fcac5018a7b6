package broker

import (
	"context"
	"time"
)

// beside is work that runs beside other work and may never end.
type beside[T any] struct {
	// done is closed once value and err are there.
	done   chan struct{}
	cancel context.CancelFunc
	value  T
	err    error
}

// runBeside starts it. Whoever starts it drops it in the end.
func runBeside[T any](ctx context.Context, work func(context.Context) (T, error)) *beside[T] {
	ctx, cancel := context.WithCancel(ctx)
	b := &beside[T]{done: make(chan struct{}), cancel: cancel}
	go func() {
		defer close(b.done)
		b.value, b.err = work(ctx)
	}()
	return b
}

// within waits for the end of the work, for so long at most. Then the error is late.
func (b *beside[T]) within(d time.Duration, late error) (T, error) {
	select {
	case <-b.done:
		return b.value, b.err
	case <-time.After(d):
		var none T
		return none, late
	}
}

// drop ends it.
func (b *beside[T]) drop() {
	b.cancel()
	<-b.done
}
