package queue

import (
	"context"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func show() verb.Show {
	return verb.Show{
		Name:  "show_queue",
		Short: "Show a queue with its consumers, bindings, policy and rates",
		Long: `Show a queue with all that belongs to it: its counts, the policy in effect and what it sets, its rates, its consumers
with the program and the user behind each, and its bindings. The queue is in the virtual host / unless -p names another.

The field counts says where the counts of messages come from. "queue" means that the queue itself reports them: the
counts of a classic queue are of this moment, those of a quorum queue up to 5 seconds old. "statistics" means counts
that are up to 10 seconds old; a younger queue has none. A stream has only such counts. A quorum queue has them only
while a node is missing or the cluster is split, and a classic queue only if it reports no counts itself. "none, ..."
says why there are no counts, for example because the queue's node does not run. While a node is missing or the
cluster is split, the statistics of 3.10 say 0 messages for a quorum queue that holds some. So if they say 0 messages
during that time, show_queue on any release shows no counts of a quorum queue or a stream, and "none, ..." in the
field counts. The number of consumers can be up to 5 seconds old.`,
		Example: `  rabbitctl show_queue orders
  rabbitctl show_queue orders -p prod -o json | jq .consumers`,
		Args:   []verb.Arg{name()},
		Scoped: true,
		Read:   read,
	}
}

func read(ctx context.Context, c *broker.Client, ask verb.Ask) (record.Document, error) {
	queue := ask.Args[0]
	raw, err := c.Queue(ctx, ask.VHost, queue)
	if err != nil {
		return nil, verb.Absent(ctx, c, err, "queue", ask.VHost, queue, name())
	}
	facts, err := describe(ctx, c, raw, ask.VHost, queue)
	if err != nil {
		return nil, err
	}
	d := record.Document{
		facts,
		record.Object("policy", []record.Column{
			{Name: "name", From: "policy"}, {Name: "operator_policy"},
			{Name: "definition", From: "effective_policy_definition", Kind: record.Map},
		}, raw),
		verb.Rates(raw.At("message_stats"), "publish", "deliver_get", "deliver", "deliver_no_ack", "get", "get_no_ack",
			"get_empty",
			"redeliver", "ack"),
	}
	consumers, err := consumerSection(ctx, c, raw.At("consumer_details"))
	if err != nil {
		return nil, err
	}
	d = append(d, consumers)
	return verb.Attach(d, "bindings", bindingColumns(), c.QueueBindings(ctx, ask.VHost, queue, bindingColumns()))
}

// describe returns the facts of the queue. The counts come from the queue itself if it reports them.
func describe(ctx context.Context, c *broker.Client, raw record.Value, vhost, queue string) (record.Section, error) {
	columns, err := table().Select([]string{"vhost", "name", "type", "state", "messages_ready", "messages_unacknowledged",
		"messages",
		"consumers", "message_bytes", "memory", "node", "members", "online", "durable", "auto_delete", "exclusive",
		"owner_pid_details.name",
		"arguments", "idle_since", "consumer_utilisation", "single_active_consumer_tag"})
	if err != nil {
		return record.Section{}, err
	}
	for i := range columns {
		if columns[i].Name == "owner_pid_details.name" {
			columns[i].Name, columns[i].From = "owner", columns[i].Name
		}
	}
	s := record.Object("", columns, raw)
	state := c.QueueState(ctx, raw)
	has, source, err := counts(ctx, c, raw, state, vhost, queue)
	if err != nil {
		return record.Section{}, err
	}
	for i, column := range columns {
		switch column.Name {
		case "messages_ready", "messages_unacknowledged", "messages":
			switch {
			case strings.HasPrefix(source, "none"):
				// For a queue in the state stopped, the statistics say 0, whatever the queue holds.
				s.Rows[0][i] = nil
			case source == "queue":
				s.Rows[0][i] = map[string]record.Value{"messages_ready": has.Ready, "messages_unacknowledged": has.Unacked,
					"messages": has.Total}[column.Name]
			}
		case "state":
			s.Rows[0][i] = state
		case "consumers":
			s.Rows[0][i] = queues.ConsumerCount(raw, state)
		}
	}
	s.Columns = append(s.Columns, record.Column{Name: "counts", Kind: record.Text})
	s.Rows[0] = append(s.Rows[0], record.Of(source))
	return s, nil
}

// counts returns the counts that the queue itself reports, and where the counts to show come from: "queue",
// "statistics", or "none, " and why they are unknown.
func counts(ctx context.Context, c *broker.Client, raw, state record.Value, vhost,
	queue string) (has broker.QueueCount, source string, err error) {
	kind := raw.At("type").Text()
	if raw.At("state").Text() == "stopped" {
		if state.Text() == "down" {
			return has, "none, the queue's node does not run", nil
		}
		return has, "none, the virtual host is stopped on the queue's node", nil
	}
	has, err = c.QueueCount(ctx, vhost, queue, kind)
	switch {
	case has.Fresh && has.Ready.Known():
		source = "queue"
	case kind != "classic" && !has.Fresh && !has.Ready.Known() && raw.At("messages").Text() == "0":
		// The statistics of 3.10 say 0 then for a replicated queue, whatever it holds.
		source = "none, a node is missing or the cluster is split"
	default:
		source = "statistics"
	}
	return has, source, err
}

func bindingColumns() []record.Column {
	return []record.Column{{Name: "source_name", From: "source"}, {Name: "routing_key"},
		{Name: "arguments", Kind: record.Map}}
}
