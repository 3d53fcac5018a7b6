package broker

import (
	"context"
	"net/url"
	"regexp"
	"strconv"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// QueueCount is how many messages a queue holds. A number is absent if the broker does not know it.
type QueueCount struct {
	Ready, Unacked, Total record.Value
	// Fresh means that the count comes from the queue, not from the statistics, which are up to 10 s old. The count of a
	// quorum queue is still up to 5 s old.
	Fresh bool
}

// QueueCount counts the messages of a queue of that type as freshly as the broker can. For a classic queue the count
// comes from a request for its name, or from the listing if the release has no count in that answer (3.10). For a
// quorum queue it comes from the listing: a request for its name gets the count 0 as long as its leader is on another
// node than the asked one (measured on 4.3). Streams have counts in the statistics only. While a node is missing or the
// cluster is split, counts of replicated queues are unknown: 3.10 reports 0 then.
func (c *Client) QueueCount(ctx context.Context, vhost, name, kind string) (QueueCount, error) {
	if kind == "classic" {
		q, err := c.QueueWithoutStats(ctx, vhost, name)
		if err != nil {
			return QueueCount{}, err
		}
		if ready := q.At("messages_ready"); ready.Known() {
			return QueueCount{ready, q.At("messages_unacknowledged"), q.At("messages"), true}, nil
		}
	} else if s, err := c.stand(ctx, "counts may be missing"); err != nil && ctx.Err() != nil {
		return QueueCount{}, err
	} else if err != nil || !s.Well() {
		return QueueCount{}, nil
	}
	if kind == "stream" {
		q, err := c.Queue(ctx, vhost, name)
		return QueueCount{q.At("messages_ready"), q.At("messages_unacknowledged"), q.At("messages"), false}, err
	}
	return c.ListedCount(ctx, vhost, name)
}

// ListedCount reads a queue's message counts from the listing. On 3.10 a request for one queue without statistics has
// no counts.
func (c *Client) ListedCount(ctx context.Context, vhost, name string) (QueueCount, error) {
	q, err := c.listedWithTotals(ctx, vhost, name)
	return QueueCount{q.At("messages_ready"), q.At("messages_unacknowledged"), q.At("messages"), true}, err
}

// listedWithTotals returns a queue from the listing with totals and without statistics; nil if it is not listed. The
// broker ignores case when it searches for the name, so it may also return other queues.
func (c *Client) listedWithTotals(ctx context.Context, vhost, name string) (queue record.Value, err error) {
	listed, err := c.value(ctx, Path("queues", vhost), WithTotals(url.Values{
		"page": {"1"}, "page_size": {strconv.Itoa(PageSize)}, "use_regex": {"true"}, "name": {"^" + regexp.QuoteMeta(name) +
			"$"}, "enable_queue_totals": {"true"},
	}), objectWith("items"))
	listed.At("items").Each(func(v record.Value) {
		if v.At("name").Text() == name {
			queue = v
		}
	})
	return queue, err
}
