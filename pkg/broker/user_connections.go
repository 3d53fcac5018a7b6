package broker

import (
	"context"
	"iter"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// UserConnections lists the connections of a user from the brokers' own table: those of this moment, with only name,
// vhost, user and node. The listing of all connections knows only those that are there when the statistics are
// gathered, every five seconds (measured on 3.10 and 4.3).
func (c *Client) UserConnections(ctx context.Context, user string,
	columns []record.Column) iter.Seq2[record.Row, error] {
	return c.Rows(ctx, Path("connections", "username", user), OfColumns(columns), columns)
}
