package change

import (
	"context"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Held is what the queues of a virtual host hold.
type Held struct {
	Queues, Ready, Unacked int64
	// Uncounted are the queues whose messages are not known.
	Uncounted int64
	// Lag is how old the counts can be.
	Lag time.Duration
	// err means that the queues cannot be listed.
	err error
}

// HeldBy counts the messages in the queues of a virtual host or, for "", of each that the user has access to and that
// has queues.
func HeldBy(ctx context.Context, c *broker.Client, vhost string) (map[string]Held, error) {
	type queue struct {
		vhost, kind    string
		ready, unacked record.Value
	}
	reader := record.NewReader(func(b *record.Binder, q *queue) {
		b.Text("vhost", &q.vhost)
		b.Text("type", &q.kind)
		b.Value("messages_ready", func(v record.Value) { q.ready = v })
		b.Value("messages_unacknowledged", func(v record.Value) { q.unacked = v })
	})
	all := map[string]Held{}
	for q, err := range reader.All(queues.Read(ctx, c, vhost, reader.Columns())) {
		if err != nil {
			return nil, err
		}
		h := all[q.vhost]
		ready, readyKnown := q.ready.Int()
		unacked, unackedKnown := q.unacked.Int()
		if !readyKnown || !unackedKnown {
			h.Uncounted++
		}
		h.Queues, h.Ready, h.Unacked = h.Queues+1, h.Ready+ready, h.Unacked+unacked
		h.Lag = max(h.Lag, lagOfCount(q.kind))
		all[q.vhost] = h
	}
	return all, nil
}

// heldIn is what the queues of one virtual host hold.
func heldIn(ctx context.Context, at Site, vhost string) Held {
	all, err := HeldBy(ctx, at.Broker, vhost)
	if err != nil {
		return Held{err: err}
	}
	return all[vhost]
}

// lagOfCount is how old the count of a queue of that type can be. A classic queue is asked itself.
func lagOfCount(kind string) time.Duration {
	if kind == "classic" {
		return 0
	}
	return LagOfQueue(kind)
}
