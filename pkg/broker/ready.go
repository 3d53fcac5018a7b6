package broker

import (
	"context"
	"net/url"
	"regexp"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Ready is how many messages are ready in a queue at this moment, where the broker tells. It asks the listing that counts without
// statistics for the one name, since the statistics can be 5 s old and lack young queues. That there is no such queue is a
// Refusal with status 404.
func (c *Client) Ready(ctx context.Context, vhost, name string) (messages int64, known bool, err error) {
	queue, err := c.Queue(ctx, vhost, name)
	if err != nil {
		return 0, false, err
	}
	listed, err := c.value(ctx, Path("queues", vhost), withoutStats(url.Values{
		"page": {"1"}, "page_size": {"1"}, "use_regex": {"true"}, "name": {"^" + regexp.QuoteMeta(name) + "$"}, "enable_queue_totals": {"true"},
	}), objectWith("items"))
	if err == nil {
		listed.At("items").Each(func(v record.Value) {
			if n, ok := v.At("messages_ready").Int(); ok {
				messages, known = n, true
			}
		})
	}
	if !known {
		messages, known = queue.At("messages_ready").Int()
	}
	return messages, known, nil
}
