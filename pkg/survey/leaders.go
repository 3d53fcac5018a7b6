package survey

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// LedQueues lists queues with their leaders and members, of one virtual host, or of all that the user sees.
func LedQueues(ctx context.Context, c *broker.Client, vhost string) ([]diagnose.LedQueue, error) {
	return listed(ctx, c, queuesIn(vhost), func(b *record.Binder, q *diagnose.LedQueue) {
		b.Text("type", &q.Type)
		b.Column(record.Column{Name: "leader", Else: "node"}, func(v record.Value) { q.Leader = v.Text() })
		b.Column(record.Column{Name: "members", Else: "node", Kind: record.List}, func(v record.Value) {
			q.Members = v.Texts()
		})
	})
}
