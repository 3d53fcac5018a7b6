package broker

import (
	"context"
	"iter"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// UserConnections lists the connections of a user from the brokers' own table. They are current, and have only name,
// vhost, user and node. The listing of all connections has only those that exist when the statistics are gathered,
// every five seconds (measured on 3.10 and 4.3).
func (c *Client) UserConnections(ctx context.Context, user string,
	columns []record.Column) iter.Seq2[record.Row, error] {
	return c.Rows(ctx, Path("connections", "username", user), OfColumns(columns), columns)
}
