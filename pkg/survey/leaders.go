package survey

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// EachLedQueue calls f with each queue and its leader and members: the queues of one virtual host, or of all that the
// user sees.
func EachLedQueue(ctx context.Context, c *broker.Client, vhost string, f func(diagnose.LedQueue)) error {
	reader := record.NewReader(BindLedQueue())
	return each(reader.All(queues.Read(ctx, c, vhost, reader.Columns())), f)
}

// BindLedQueue returns a function that reads a queue's leader, members and mirrors. Queues with the same members share
// one slice.
func BindLedQueue() func(*record.Binder, *diagnose.LedQueue) {
	once := newRepeated()
	return func(b *record.Binder, q *diagnose.LedQueue) {
		b.Value("type", func(v record.Value) { q.Type = once.text(v) })
		b.Column(record.Column{Name: "leader", Else: "node"}, func(v record.Value) { q.Leader = once.text(v) })
		b.Column(record.Column{Name: "members", Else: "node", Kind: record.List}, func(v record.Value) {
			q.Members = once.texts(v)
		})
		b.Value("slave_nodes", func(v record.Value) { q.Mirrors = once.texts(v) })
	}
}
