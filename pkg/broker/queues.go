package broker

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"unicode/utf8"

	rabbithole "github.com/michaelklishin/rabbit-hole/v2"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Queue returns one queue, with everything that the API reports of it.
func (c *Client) Queue(ctx context.Context, vhost, name string) (record.Value, error) {
	return c.queue(ctx, vhost, name, url.Values{})
}

// queue asks for one queue. 4.3 fails with status 500 if it has to write a name that is not UTF-8 into its answer. So
// if the name of the queue or of its virtual host is not UTF-8, the request asks for the other members only, and the
// name is added to the answer afterwards.
func (c *Client) queue(ctx context.Context, vhost, name string, query url.Values) (record.Value, error) {
	path, want := Path("queues", vhost, name), queueObject(vhost, name)
	if utf8.ValidString(vhost) && utf8.ValidString(name) {
		return c.value(ctx, path, query, want)
	}
	columns, whole := withoutNames, []byte("{")
	want.identity = nil
	for _, m := range objectIn(vhost, name).identity {
		if utf8.ValidString(m.text) {
			want.identity, columns = append(want.identity, m), m.name+","+columns
		} else {
			whole = slices.Concat(whole, record.Of(m.name), []byte(":"), record.Quoted([]byte(m.text)), []byte(","))
		}
	}
	query.Set("columns", columns)
	v, err := c.value(ctx, path, query, want)
	if err != nil {
		return nil, err
	}
	return append(whole, v[1:]...), nil
}

// withoutNames are the members of a queue that hold neither its name nor the name of its virtual host. The details of
// consumers hold these names, so they are left out.
const withoutNames = "type,state,node,leader,members,online,durable,auto_delete,exclusive,arguments,policy,operator_policy," +
	"effective_policy_definition,messages,messages_ready,messages_unacknowledged,message_bytes,message_stats,memory,consumers," +
	"consumer_utilisation,single_active_consumer_tag,owner_pid_details,idle_since"

// queueObject describes a valid answer about a queue. It always has the properties with which the queue was declared,
// even if the node of the queue does not run: without these members a comparison would find differences that do not
// exist.
func queueObject(vhost, name string) wanted {
	w := objectIn(vhost, name)
	w.members = []string{"durable", "auto_delete", "arguments"}
	return w
}

// QueueWithoutStats returns one queue without the statistics. So its policies are current, and so are the counts of a
// classic queue if the release reports them here (3.13 and later do, 3.10 does not). Do not trust counts of other types
// here: see QueueCount.
func (c *Client) QueueWithoutStats(ctx context.Context, vhost, name string) (record.Value, error) {
	return c.queue(ctx, vhost, name, WithTotals(url.Values{}))
}

// QueueBindings lists the bindings that lead to a queue, including the binding to the default exchange.
func (c *Client) QueueBindings(ctx context.Context, vhost, name string,
	columns []record.Column) iter.Seq2[record.Row, error] {
	var query url.Values
	if !utf8.ValidString(vhost) || !utf8.ValidString(name) {
		query = OfColumns(columns) // see queue
	}
	return c.Rows(ctx, Path("queues", vhost, name, "bindings"), query, columns)
}

// DeclareQueue declares a queue. created is true if the queue is new, and false if it existed with equivalent
// properties, or if the answer was lost (AnswerLost) and the queue was then seen. If a different queue has that name,
// the error is a Refusal with status 400.
func (c *Client) DeclareQueue(ctx context.Context, vhost, name string, durable, autoDelete bool,
	arguments map[string]any) (created bool, err error) {
	resp, err := c.wrote(c.hole(ctx).DeclareQueue(vhost, name, rabbithole.QueueSettings{
		Durable: durable, AutoDelete: autoDelete, Arguments: arguments,
	}))
	if err != nil {
		return false, err
	}
	return resp.StatusCode == http.StatusCreated, nil
}

// DeleteOnly has the conditions that the broker itself checks when it deletes a classic queue. The broker refuses them
// for quorum queues, with status 400, and ignores them for streams.
type DeleteOnly struct {
	// IfEmpty deletes the queue only if no message is ready. Messages that consumers hold do not count.
	IfEmpty bool
	// IfUnused deletes the queue only if it has no consumer, however young the consumer is.
	IfUnused bool
}

// DeleteQueue deletes a queue with all its messages. If there is no such queue, the error is a Refusal with status 404;
// if a condition does not hold, it is one with status 400.
func (c *Client) DeleteQueue(ctx context.Context, vhost, name string, only ...DeleteOnly) error {
	options := make([]rabbithole.QueueDeleteOptions, len(only))
	for i, o := range only {
		options[i] = rabbithole.QueueDeleteOptions(o)
	}
	_, err := c.wrote(c.hole(ctx).DeleteQueue(vhost, name, options...))
	return err
}

// PurgeQueue drops the messages that are ready. Messages that a consumer holds stay.
func (c *Client) PurgeQueue(ctx context.Context, vhost, name string) error {
	_, err := c.wrote(c.hole(ctx).PurgeQueue(vhost, name))
	return err
}
