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
	from := source(broker.FromAny)
	return verb.List{
		Name:  "list_queues",
		Short: "List queues and their counts",
		Long: `List queues, of all virtual hosts unless -p says one.

Counts, types and arguments are read from the queues themselves and are fresh at once (quorum queues: after some
seconds; streams: as the statistics). Any other column comes from the broker's statistics, which are up to 10 seconds old; a queue younger than
that has no figures there yet, and the cell stays empty rather than 0. Where there are 2,000 queues or more, and at most
two consumers a queue, consumers are counted from the broker's list of consumers, which is cheaper: a new one is counted
within 5 seconds.

With --source auto, the default, figures come from the metrics of the plugin rabbitmq_prometheus where that is cheaper, they
have all of them, and every node serves them: counts from 20,000 queues on, the size of messages from 2,000 on. Queues tell
the metrics every 5 seconds what they hold (collect_statistics_interval); a note on stderr says so. --source api never does
that. --source prometheus lists name, vhost, consumers, memory, and counts and sizes of messages, from nothing but the
metrics: quickest by far for very many queues, and of all virtual hosts, to whoever reaches that port.

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
			fs.Var(&from, "source", "where figures come from: `SOURCE` is api, prometheus or auto")
			verb.Words(fs, "source", "api", "prometheus", "auto")
		},
		Rows: func(ctx context.Context, c *broker.Client, ask verb.Ask, columns []record.Column) iter.Seq2[record.Row, error] {
			wish := broker.QueueWish{VHost: ask.VHost, Source: broker.QueueSource(from), Note: ask.Note, Waiting: ask.Waiting}
			if wish.Source == broker.FromAny && !ask.MayLag {
				wish.Source = broker.FromAPI
			}
			return c.ListQueues(ctx, wish, columns)
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
