package change

import (
	"context"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Held has the numbers of queues and messages in a virtual host.
type Held struct {
	Queues, Ready, Unacked int64
	// Uncounted is the number of queues whose message counts are not known.
	Uncounted int64
	// Lag is how old the message counts can be.
	Lag time.Duration
	// err is the error of a failed listing of the queues; nil if they were listed.
	err error
}

// HeldBy counts the messages in the queues of a virtual host. For vhost "", it does so for each virtual host that the
// user has access to and that has queues.
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

// heldIn counts the messages in the queues of one virtual host.
func heldIn(ctx context.Context, at Site, vhost string) Held {
	all, err := HeldBy(ctx, at.Broker, vhost)
	if err != nil {
		return Held{err: err}
	}
	return all[vhost]
}

// lagOfCount returns how old the message count of a queue of that type can be. The count of a classic queue comes from
// the queue itself, so it is never old.
func lagOfCount(kind string) time.Duration {
	if kind == "classic" {
		return 0
	}
	return LagOfQueue(kind)
}
