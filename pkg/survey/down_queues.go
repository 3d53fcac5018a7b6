package survey

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// DownQueues finds the classic queues that no client can use, because their node does not run.
func DownQueues(ctx context.Context, c *broker.Client) (diagnose.DownQueues, error) {
	type queue struct{ vhost, name, kind, state, node string }
	reader := record.NewReader(func(b *record.Binder, q *queue) {
		b.Text("vhost", &q.vhost)
		b.Text("name", &q.name)
		b.Text("type", &q.kind)
		b.Text("state", &q.state)
		b.Text("node", &q.node)
	})
	var down diagnose.DownQueues
	err := each(queues.States(ctx, c, "", reader.Columns()), func(row record.Row) {
		if q := reader.Read(row); isDown(q.kind, q.state) {
			down.Add(q.vhost, q.name, q.node)
		}
	})
	return down, err
}

// isDown tells whether a queue of that type and state cannot be reached. Quorum queues and streams are judged by their
// members.
func isDown(kind, state string) bool { return kind == "classic" && state == "down" }
