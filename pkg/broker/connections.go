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

// ConnectionsNow is Connections around the cache of the management plugin, which keeps an answer for five times as long as it took to
// make (management_db_cache_multiplier): one that waited a minute for a frozen node, for five minutes. A range of samples leaves the
// cache out, as no range is kept (measured on 4.3, where connections opened 3 s ago are listed so and not otherwise).
func (c *Client) ConnectionsNow(ctx context.Context, columns []record.Column) iter.Seq2[record.Row, error] {
	query := OfColumns(columns)
	query.Set("lengths_age", "60")
	query.Set("lengths_incr", "5")
	return c.Rows(ctx, Path("connections"), query, columns)
}
