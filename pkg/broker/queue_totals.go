package broker

import (
	"context"
	"iter"
	"net/url"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// QueueTotals lists queues as they know themselves, of one virtual host or, where vhost is "", of all that the user may
// see: what they were declared with, and counts of this moment. It is one request whatever there is, so the counts of
// streams are absent, and so is every column of the statistics.
func (c *Client) QueueTotals(ctx context.Context, vhost string, columns []record.Column) iter.Seq2[record.Row, error] {
	return asTheyAre(columns, c.listed(ctx, "queues", vhost, func(path string) iter.Seq2[record.Row, error] {
		return c.rows(ctx, path, withoutStats(url.Values{"columns": {columnsQuery(columns)}}), columns)
	}))
}
