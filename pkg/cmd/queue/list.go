package queue

import (
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func list() verb.List {
	from := source(broker.FromAPI)
	return verb.List{
		Name:  "list_queues",
		Short: "List queues and their counts",
		Long: `List queues, of all virtual hosts unless -p says one.

Counts, types and arguments are read from the queues themselves and are fresh at once (quorum queues: after some
seconds). Any other column comes from the broker's statistics, which are up to 10 seconds old; a queue younger than
that has no figures there yet, and the cell stays empty rather than 0. Where there are 2,000 queues or more, and at most
two consumers a queue, consumers are counted from the broker's list of consumers, which is cheaper: a new one is counted
within 5 seconds.

--source prometheus reads name, vhost, messages, messages_ready, messages_unacknowledged and consumers from the metrics of
the plugin rabbitmq_prometheus, of every node: much cheaper where there are very many queues, but 5 seconds old or more,
and whoever reaches that port sees all virtual hosts. --source auto does so where columns and nodes allow it.

When a node of the cluster does not answer, what can be had is listed, unknown counts stay empty, and the exit code is 75.`,
		Example: `  rabbitctl list_queues
  rabbitctl list_queues name messages consumers -p /
  rabbitctl list_queues --where 'messages > 1000 && consumers == 0' --sort -messages --limit 10
  rabbitctl list_queues name message_stats.publish_details.rate --watch 5s
  rabbitctl list_queues -o json | jq '.[].name'
  rabbitctl list_queues vhost name messages consumers --source prometheus --sort -messages --limit 20`,
		Table:  table(),
		Scoped: true,
		Flags: func(fs *pflag.FlagSet) {
			fs.Var(&from, "source", "where counts come from: `SOURCE` is api, prometheus or auto")
			verb.Words(fs, "source", "api", "prometheus", "auto")
		},
		Rows: func(ctx context.Context, c *broker.Client, ask verb.Ask, columns []record.Column) iter.Seq2[record.Row, error] {
			return c.ListQueues(ctx, broker.QueueWish{VHost: ask.VHost, Source: broker.QueueSource(from), Note: ask.Note, Waiting: ask.Waiting}, columns)
		},
	}
}

// source is the value of --source.
type source broker.QueueSource

func (s *source) String() string { return string(*s) }

// Type is what pflag calls it in usage texts.
func (s *source) Type() string { return "source" }

func (s *source) Set(text string) error {
	var names []string
	for _, known := range broker.QueueSources() {
		names = append(names, string(known))
	}
	if !slices.Contains(names, text) {
		return fail.Usagef("there is no source %q%s; there are %s", text, fail.DidYouMean(text, names), strings.Join(names, ", "))
	}
	*s = source(text)
	return nil
}
