package broker

import "context"

// Ready returns how many messages are ready in a queue. known is false if the broker does not report the number. It
// looks for the name in the listing with totals and without statistics, since the statistics can be 5 s old and lack
// young queues; it takes the number of the statistics only if the listing has none. If there is no such queue, the
// error is a Refusal with status 404.
func (c *Client) Ready(ctx context.Context, vhost, name string) (messages int64, known bool, err error) {
	queue, err := c.Queue(ctx, vhost, name)
	if err != nil {
		return 0, false, err
	}
	if listed, err := c.listedWithTotals(ctx, vhost, name); err == nil {
		messages, known = listed.At("messages_ready").Int()
	}
	if !known {
		messages, known = queue.At("messages_ready").Int()
	}
	return messages, known, nil
}
