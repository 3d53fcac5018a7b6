package traffic

import (
	"context"
	"sync"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/amqp"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Idling describes idle connections.
type Idling struct {
	amqp.Endpoint
	Connections int
	Channels    int // on each connection
	For         time.Duration
	// Exclusive is a queue that the first connection declares for itself; "" for none.
	Exclusive string
}

// Run opens the connections, prints `ready`, and keeps them until the time is over. If the broker closes one earlier,
// Run prints `closed: …` and returns an error.
func (i Idling) Run(ctx context.Context, lines *Lines) error {
	closed := make(chan string, i.Connections)
	for n := range i.Connections {
		l, err := dial(ctx, i.Endpoint, lines)
		if err != nil {
			return err
		}
		defer l.Shut()
		if n == 0 && i.Exclusive != "" {
			if err := declareExclusive(l, i.Exclusive); err != nil {
				return err
			}
		}
		for range i.Channels {
			if _, err := l.Channel(); err != nil {
				return fail.New(fail.Unavailable, "opening a channel: %w", err)
			}
		}
		go func() {
			if reply, ok := <-l.Closed; ok {
				closed <- amqp.Reason(reply)
			}
		}()
	}
	lines.Printf("ready")
	ctx, cancel := bounded(ctx, i.For)
	defer cancel()
	select {
	case why := <-closed:
		lines.Printf("closed: %s", why)
		return fail.New(fail.Unavailable, "the broker closed the connection: %s", why)
	case <-ctx.Done():
		return lines.Err()
	}
}

func declareExclusive(l *amqp.Connection, name string) error {
	ch, err := l.Channel()
	if err == nil {
		_, err = ch.QueueDeclare(name, false, false, true, false, nil)
	}
	if err != nil {
		return fail.New(fail.Unavailable, "declaring an exclusive queue: %w", err)
	}
	return nil
}

// Churning describes connections that are opened and closed again.
type Churning struct {
	amqp.Endpoint
	Rate float64 // connections a second
	For  time.Duration
	Life time.Duration // how long each connection stays open
}

// Run prints `opened N` at the end. If connections failed, it also prints `failed N` and returns the last error.
func (c Churning) Run(ctx context.Context, lines *Lines) error {
	ctx, cancel := bounded(ctx, c.For)
	defer cancel()
	var wait sync.WaitGroup
	var mu sync.Mutex
	opened, failed := 0, 0
	var last error
	for pace := newPace(c.Rate); pace.wait(ctx); {
		wait.Go(func() {
			// A connection that is being opened when the time is over is still opened, and then closed.
			l, err := dial(context.WithoutCancel(ctx), c.Endpoint, lines)
			mu.Lock()
			if err != nil {
				failed++
				last = err
				mu.Unlock()
				return
			}
			opened++
			mu.Unlock()
			_, _ = l.Channel()
			pause(ctx, c.Life)
			l.Shut()
		})
	}
	wait.Wait()
	lines.Printf("opened %d", opened)
	if failed > 0 {
		lines.Printf("failed %d", failed)
		return last
	}
	return lines.Err()
}
