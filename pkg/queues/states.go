package queues

import (
	"context"
	"iter"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// States lists queues with the columns that the metadata has, such as name, type, state and node, without counts and
// statistics. It is the cheapest listing that includes the queues of a node that does not run: it shows the classic
// queues of such a node as down, on 3.10 and 4.3.
func States(ctx context.Context, c *broker.Client, vhost string, columns []record.Column) iter.Seq2[record.Row, error] {
	return c.Listed(ctx, "queues", vhost, func(path string) iter.Seq2[record.Row, error] {
		return c.Rows(ctx, path, broker.WithoutTotals(broker.OfColumns(columns)), columns)
	})
}
