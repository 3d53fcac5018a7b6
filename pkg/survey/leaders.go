package survey

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// LedQueues lists queues with their leaders and members, of one virtual host, or of all that the user sees.
func LedQueues(ctx context.Context, c *broker.Client, vhost string) ([]diagnose.LedQueue, error) {
	columns := []record.Column{{Name: "type"}, {Name: "leader", Else: "node"}, {Name: "members", Else: "node", Kind: record.List}}
	var out []diagnose.LedQueue
	err := each(c.Queues(ctx, vhost, columns), func(row record.Row) {
		q := diagnose.LedQueue{Type: row[0].Text(), Leader: row[1].Text()}
		row[2].Each(func(m record.Value) { q.Members = append(q.Members, m.Text()) })
		out = append(out, q)
	})
	return out, err
}
