package broker

import (
	"context"
	"iter"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Connections lists client connections of every protocol that the user may see. A connection younger than the
// statistics interval (five seconds by default) is there, but its figures and its state are absent.
func (c *Client) Connections(ctx context.Context, columns []record.Column) iter.Seq2[record.Row, error] {
	return c.Rows(ctx, Path("connections"), OfColumns(columns), columns)
}
