package broker

import (
	"context"
	"iter"
	"net/url"
	"strconv"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// NodesOver lists the nodes with the samples of their figures in the statistics: FIGURE_details.samples, newest first.
// The parameter back is the age of the oldest sample, and step is the time between two samples. Brokers keep samples
// for an hour, one a minute. Samples from before the node started are 0 (3.10 and 4.3).
func (c *Client) NodesOver(ctx context.Context, back, step time.Duration,
	columns []record.Column) iter.Seq2[record.Row, error] {
	query := over("node_stats", back, step)
	query.Set("columns", OfColumns(columns).Get("columns"))
	return c.Rows(ctx, Path("nodes"), query, columns)
}

// PublishedOver returns the number of messages that were published to the cluster, as samples from the statistics,
// newest first.
func (c *Client) PublishedOver(ctx context.Context, back, step time.Duration) (record.Value, error) {
	query := over("msg_rates", back, step)
	query.Set("columns", "message_stats.publish_details.samples,disable_stats")
	overview, err := c.value(ctx, Path("overview"), query, objectWith("disable_stats"))
	if err != nil {
		return nil, err
	}
	return overview.At("message_stats.publish_details.samples"), nil
}

func over(what string, back, step time.Duration) url.Values {
	seconds := func(d time.Duration) []string { return []string{strconv.Itoa(int(d.Seconds()))} }
	return url.Values{what + "_age": seconds(back), what + "_incr": seconds(step)}
}
