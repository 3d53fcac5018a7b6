package broker

import (
	"context"
	"iter"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Connections lists client connections of every protocol that the user may see. A connection younger than the
// statistics interval (five seconds by default) is listed, but without figures and state.
func (c *Client) Connections(ctx context.Context, columns []record.Column) iter.Seq2[record.Row, error] {
	return c.Rows(ctx, Path("connections"), OfColumns(columns), columns)
}

// ConnectionsNow is Connections without the cache of the management plugin. The plugin keeps an answer for five times
// as long as it took to make (management_db_cache_multiplier), so an answer that waited a minute for a frozen node is
// kept for five minutes. Answers with a range of samples are not cached (measured on 4.3: connections opened 3 s ago
// are listed in this way only).
func (c *Client) ConnectionsNow(ctx context.Context, columns []record.Column) iter.Seq2[record.Row, error] {
	query := OfColumns(columns)
	query.Set("lengths_age", "60")
	query.Set("lengths_incr", "5")
	return c.Rows(ctx, Path("connections"), query, columns)
}
