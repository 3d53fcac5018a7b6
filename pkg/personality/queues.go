package personality

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// queueChanges returns the commands that empty and delete queues.
func queueChanges() []command {
	return []command{
		ofOp(change.PurgeQueue, command{
			usage:  "purge_queue <queue> [--timeout <timeout>]",
			banner: func(c *call) string { return "Purging queue '" + c.args[0] + "' in vhost '" + c.vhost() + "' ..." },
		}, queuePurged),
		ofOp(change.DeleteQueue, command{
			usage:   "delete_queue [--vhost <vhost>] <queue_name> [--if-empty|-e] [--if-unused|-u] [--force] [--timeout <timeout>]",
			letters: map[string]string{"e": "if-empty", "u": "if-unused"},
			valid: func(c *call) *fault {
				if c.args[0] == "" {
					return c.bad("queue name cannot be an empty string")
				}
				return nil
			},
			banner: func(c *call) string {
				var conditions []string
				if c.line.on("if-empty") {
					conditions = append(conditions, "if queue is empty ")
				}
				if c.line.on("if-unused") {
					conditions = append(conditions, "if queue is unused ")
				}
				return fmt.Sprintf("Deleting queue '%s' on vhost '%s' %s...", c.args[0], c.vhost(), strings.Join(conditions,
					"and "))
			},
		}, queueDeleted),
	}
}

// missingQueue returns the fault for a queue that does not exist, in the words of most commands.
func (c *call) missingQueue() *fault {
	return &fault{fail.Data, fmt.Sprintf("Object (queue, stream, exchange, etc) '%s' was not found in virtual host '%s'",
		c.args[0], c.vhost())}
}

func queuePurged(ctx context.Context, c *call, _ change.Outcome, err error) (answer, error) {
	switch {
	case change.MissingOf(err) != nil && !c.since(3, 13):
		return answer{}, no(fail.Unavailable, "not_found")
	case change.MissingOf(err) != nil:
		return answer{}, c.missingQueue()
	case fail.KindOf(err) == fail.Lost:
		// 4.0 and 4.3 answer 500 to the purge of a stream if they cannot write the name of its virtual host into the error
		// message.
		if q, looked := c.client.Queue(ctx, c.vhost(), c.args[0]); looked == nil && q.At("type").Text() == "stream" {
			return answer{}, no(fail.Unavailable, "not_supported")
		}
	}
	return answer{}, err
}

func queueDeleted(_ context.Context, c *call, o change.Outcome, err error) (answer, error) {
	reason := strings.ToLower(broker.ReasonOf(err))
	switch {
	case errors.Is(err, change.ByForce{}):
		return answer{}, no(fail.Unavailable, "%s\n  next: run %s on the broker's own machine", err, c.tool)
	case change.MissingOf(err) != nil:
		return answer{}, no(fail.Usage, "No such queue was found")
	case strings.Contains(reason, "not empty"):
		return answer{}, no(fail.Usage, "Queue is not empty")
	case strings.Contains(reason, "in use"):
		return answer{}, no(fail.Usage, "Queue is in use")
	case strings.Contains(reason, "locked"), strings.Contains(reason, "exclusive"):
		return answer{}, no(fail.Usage, "%s", broker.ReasonOf(err))
	case err != nil:
		return answer{}, err
	}
	if ready, known := o.Facts.Fact("messages_ready").Int(); known {
		return answer{text: fmt.Sprintf("Queue was successfully deleted with %d ready messages", ready)}, nil
	}
	return answer{text: "Queue was successfully deleted; how many messages it held is not known"}, nil
}

// queueReports returns the commands that report on one queue.
func queueReports() []command {
	return []command{
		{
			name: "quorum_status", usage: "quorum_status [--vhost <vhost>] <queue>", min: 1, max: 1, run: quorumStatus,
			banner: func(c *call) string {
				if c.since(4, 1) {
					return "Status of queue " + c.args[0] + " on node " + c.node + " ..."
				}
				return "Status of quorum queue " + c.args[0] + " on node " + c.node + " ..."
			},
		},
		{
			name: "stream_status", usage: "stream_status [--vhost <vhost>] [--tracking] <stream>", min: 1, max: 1,
			run:      streamStatus,
			switches: switches{"tracking": truth},
			banner:   func(c *call) string { return "Status of stream " + c.args[0] + " on node " + c.node + " ..." },
		},
		{
			name: "list_stream_tracking", usage: "list_stream_tracking <stream> [--all | --offset | --writer] [--vhost <vhost>]",
			min: 1, max: 1, run: listTracking,
			switches: switches{"all": truth, "offset": truth, "writer": truth, "stream": text},
			banner:   func(c *call) string { return "Listing tracking information for stream " + c.args[0] + " ..." },
		},
	}
}

func quorumStatus(ctx context.Context, c *call) (answer, error) {
	if err := addressable(c.vhost(), c.args[0]); err != nil {
		return answer{}, err
	}
	queue, err := c.client.Queue(ctx, c.vhost(), c.args[0])
	switch {
	case broker.IsNotFound(err) && !c.since(3, 13):
		return answer{}, no(fail.Unavailable, "not_found")
	case broker.IsNotFound(err):
		return answer{}, c.missingQueue()
	case err != nil:
		return answer{}, err
	case queue.At("type").Text() != "quorum":
		return answer{}, no(fail.Unavailable, "Cannot get quorum status of a %s queue", queue.At("type").Text())
	}
	status, err := c.client.QuorumStatus(ctx, c.vhost(), c.args[0])
	switch {
	case broker.IsNotOffered(err):
		return c.byNode(ctx, "the HTTP API of RabbitMQ "+c.release()+" does not report the status of quorum queues",
			"rabbitctl show_queue "+c.args[0]+" shows its members and which of them are online",
			func(ctx context.Context) (answer, error) {
				rows, err := inside.QuorumStatus(ctx, c.erlang, c.vhost(), c.args[0])
				return answer{table: ofRows(rows), format: "pretty_table"}, err
			})
	case err != nil:
		return answer{}, err
	}
	t := &table{}
	for _, v := range status {
		var cells []erlang.Term
		for name, value := range v.Members() {
			if !slices.Contains(t.names, name) {
				t.names = append(t.names, name)
			}
			cells = append(cells, wordTerm(value))
		}
		t.rows = append(t.rows, cells)
	}
	return answer{table: t, format: "pretty_table"}, nil
}

// wordTerm returns a value as a term in which texts are atoms.
func wordTerm(v record.Value) erlang.Term {
	if v.Known() && v[0] == '"' {
		return erlang.Atom(v.Text())
	}
	return plainTerm(v)
}

// streamOf checks that the argument of a command is a stream. If not, it returns the error of the official tool.
func (c *call) streamOf(ctx context.Context) error {
	if err := addressable(c.vhost(), c.args[0]); err != nil {
		return err
	}
	queue, err := c.client.Queue(ctx, c.vhost(), c.args[0])
	switch {
	case broker.IsNotFound(err) && !c.since(3, 13):
		return no(fail.Unavailable, "not_found")
	case broker.IsNotFound(err):
		return c.missingQueue()
	case err == nil && queue.At("type").Text() != "stream":
		return no(fail.Unavailable, "Cannot get stream status of a %s queue", queue.At("type").Text())
	}
	return err
}

func streamStatus(ctx context.Context, c *call) (answer, error) {
	if err := c.streamOf(ctx); err != nil {
		return answer{}, err
	}
	read, what := inside.StreamStatus, "the offsets of a stream's replicas"
	if c.line.on("tracking") {
		t, err := c.tracking(ctx, []string{"type", "reference", "value"}, "offset", "writer")
		if !broker.IsNotOffered(err) {
			return answer{table: t, format: "pretty_table"}, err
		}
		read, what = inside.StreamTracking, "stream tracking"
	}
	return c.byNode(ctx, "the HTTP API of RabbitMQ "+c.release()+" does not report "+what,
		"rabbitctl show_queue "+c.args[0]+" shows what the API does report", func(ctx context.Context) (answer, error) {
			rows, err := read(ctx, c.erlang, c.vhost(), c.args[0])
			return answer{table: ofRows(rows), format: "pretty_table"}, err
		})
}

func listTracking(ctx context.Context, c *call) (answer, error) {
	if err := c.streamOf(ctx); err != nil {
		if f := (*fault)(nil); errors.As(err, &f) {
			f.kind, f.text = fail.Unavailable, "Error:\nThe stream does not exist."
		}
		return answer{}, err
	}
	kinds := []string{"offset"}
	switch {
	case c.line.on("all"):
		kinds = []string{"offset", "writer"}
	case c.line.on("writer"):
		kinds = []string{"writer"}
	}
	t, err := c.tracking(ctx, []string{"type", "name", "tracking_value"}, kinds...)
	if broker.IsNotOffered(err) {
		return answer{}, no(fail.Unavailable, "the HTTP API of RabbitMQ %s does not report stream tracking\n"+
			"  next: rabbitmq-streams stream_status --tracking %s asks the node itself", c.release(), c.args[0])
	}
	if err == nil && len(t.rows) == 0 && c.option("formatter", "pretty_table") == "pretty_table" {
		return answer{}, nil
	}
	return answer{table: t, format: "pretty_table"}, err
}

// tracking returns what is stored in a stream. The kind "offset" means the offsets of clients, the kind "writer" the
// sequence numbers of the stream's writers. names are the names of the three columns.
func (c *call) tracking(ctx context.Context, names []string, kinds ...string) (*table, error) {
	stored, err := c.client.StreamTracking(ctx, c.vhost(), c.args[0])
	if err != nil {
		return nil, err
	}
	t := &table{names: names}
	for _, kind := range kinds {
		for name, value := range stored.At(kind + "s").Members() {
			t.rows = append(t.rows, []erlang.Term{erlang.Atom(kind), erlang.Binary(name), erlang.Number(value)})
		}
	}
	return t, nil
}
