package broker

import (
	"context"
	"iter"
	"net/http"
	"net/url"

	rabbithole "github.com/michaelklishin/rabbit-hole/v2"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Queue is one queue, everything that the API knows of it.
func (c *Client) Queue(ctx context.Context, vhost, name string) (record.Value, error) {
	return c.value(ctx, Path("queues", vhost, name), nil, queueObject(vhost, name))
}

// queueObject is a queue by its name. What it was declared with is always there, for a queue of a node that does not run too:
// without it a comparison would find differences that are none.
func queueObject(vhost, name string) wanted {
	w := objectIn(vhost, name)
	w.members = []string{"durable", "auto_delete", "arguments"}
	return w
}

// QueueWithoutStats is one queue as it knows itself, fresh at once: its policies and, of a classic queue, counts where the
// release tells them here (3.13 and later do, 3.10 does not), and nothing from the statistics. Counts of other queues are not
// to be trusted here: see QueueCount.
func (c *Client) QueueWithoutStats(ctx context.Context, vhost, name string) (record.Value, error) {
	return c.value(ctx, Path("queues", vhost, name), WithTotals(url.Values{}), queueObject(vhost, name))
}

// QueueBindings lists the bindings that lead to a queue, the default exchange's included.
func (c *Client) QueueBindings(ctx context.Context, vhost, name string, columns []record.Column) iter.Seq2[record.Row, error] {
	return c.Rows(ctx, Path("queues", vhost, name, "bindings"), nil, columns)
}

// DeclareQueue declares a queue and tells whether it was created (true) or was there already with equivalent
// properties. A different queue of that name is a Refusal with status 400.
func (c *Client) DeclareQueue(ctx context.Context, vhost, name string, durable, autoDelete bool, arguments map[string]any) (created bool, err error) {
	resp, err := c.wrote(c.hole(ctx).DeclareQueue(vhost, name, rabbithole.QueueSettings{
		Durable: durable, AutoDelete: autoDelete, Arguments: arguments,
	}))
	if err != nil {
		return false, err
	}
	return resp.StatusCode == http.StatusCreated, nil
}

// DeleteOnly has the conditions that the broker itself holds when it deletes a classic queue, and for no other. It refuses
// them for quorum queues, with status 400, and passes over them for streams.
type DeleteOnly struct {
	// IfEmpty: no message is ready. Those that consumers hold do not count.
	IfEmpty bool
	// IfUnused: no consumer reads it, however young the consumer is.
	IfUnused bool
}

// DeleteQueue deletes a queue with all its messages. That it was not there is a Refusal with status 404; a condition that
// does not hold is one with status 400.
func (c *Client) DeleteQueue(ctx context.Context, vhost, name string, only ...DeleteOnly) error {
	options := make([]rabbithole.QueueDeleteOptions, len(only))
	for i, o := range only {
		options[i] = rabbithole.QueueDeleteOptions(o)
	}
	_, err := c.wrote(c.hole(ctx).DeleteQueue(vhost, name, options...))
	return err
}

// PurgeQueue drops the messages that are ready. Those that a consumer holds stay.
func (c *Client) PurgeQueue(ctx context.Context, vhost, name string) error {
	_, err := c.wrote(c.hole(ctx).PurgeQueue(vhost, name))
	return err
}
