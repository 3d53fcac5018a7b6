package queue

import (
	"context"
	"iter"
	"strings"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func list() verb.List {
	from := &source{}
	return verb.List{
		Name:  "list_queues",
		Short: "List queues and their counts",
		Long: `List queues, of all virtual hosts unless -p names one.

The columns messages, messages_ready and messages_unacknowledged are read from the queues themselves. They are of this
moment for classic queues, some seconds old for quorum queues, and as old as the statistics for streams. The columns
name, vhost, type, arguments, durable, auto_delete and exclusive show what was declared, and are always up to date.
The column state is read from the queues, too, unless another column needs the statistics. Every other column comes
from the broker's statistics, which are up to 10 seconds old. They may have no figures yet of a queue that is younger:
the cell is then empty rather than 0.

For users with the tag monitoring, the column consumers is an exception: if the cluster has 2,000 queues or more, with
on average at most two consumers each, and no other column needs the statistics, consumers are counted in the broker's
list of consumers. This is cheaper, and a new consumer is in that list within 5 seconds.

--source prometheus reads the metrics of the plugin rabbitmq_prometheus of every node instead. This is by far the
quickest source for very many queues. The user needs the tag monitoring, and rabbitctl must reach the port of the plugin
on every node. This source has only name, vhost, consumers, memory, and the columns with counts and sizes of messages:
by default, consumers takes the place of type and state. The figures are up to 5 seconds old
(collect_statistics_interval). From 20,000 queues on, a note on stderr names this source if it has all the columns,
unless --source api is given.

--source node asks the nodes themselves by Erlang distribution, as rabbitmqctl does, and needs the Erlang cookie (see
rabbitctl help transports). This is quick even for very many queues, and works while the management plugin is off.
Everything is of this moment, except the counts and sizes of messages of quorum queues and streams, and the consumers
of quorum queues: these are up to 5 seconds old. The columns are vhost, node and those of rabbitmqctl except process
identifiers, disk reads and writes, and mirrors. No user logs in, so no permissions apply: the queues of all virtual
hosts are listed unless -p names one.

If a node of the cluster does not run or does not answer, the command lists what it can read, leaves unknown counts
empty, and exits with 75 (perhaps with 0 for a user without the tag monitoring, who does not see the nodes). With
--source node, the list then lacks quorum queues and streams that were led by that node and have no new leader, and
shows its durable classic queues as down. With --source prometheus nothing is listed, and the command fails (exit 69
or 75): every node has to answer.`,
		Example: `  rabbitctl list_queues
  rabbitctl list_queues name messages consumers -p /
  rabbitctl list_queues --where 'messages > 1000 && consumers == 0' --sort -messages --limit 10
  rabbitctl list_queues name message_stats.publish_details.rate --watch 5s
  rabbitctl list_queues -o json | jq '.[].name'
  rabbitctl list_queues vhost name messages consumers --source prometheus --sort -messages --limit 20
  rabbitctl list_queues name messages state policy memory --source node`,
		Table:  table(),
		Scoped: true,
		Flags: func(fs *pflag.FlagSet) {
			fs.Var(from, "source", "where figures come from: `SOURCE` is api, prometheus or node")
			verb.Words(fs, "source", string(queues.API), string(queues.Prometheus), string(fromNode))
			verb.NodeFlags(nil)(fs)
		},
		Defaults: func() []string {
			if from.typed == queues.Prometheus {
				return []string{"vhost", "name", "consumers", "messages_ready", "messages_unacknowledged", "messages"}
			}
			return table().Default
		},
		Rows: func(
			ctx context.Context, c *broker.Client, ask verb.Ask, columns []record.Column,
		) iter.Seq2[record.Row, error] {
			if from.typed == fromNode {
				return byNodes(ctx, c, ask, columns)
			}
			return queues.List(ctx, c, queues.Wish{VHost: ask.VHost, Source: from.typed,
				Note:    func(note fail.Advice) { ask.Note("%s", steps.Words(note)) },
				Waiting: func(what fail.Advice) { ask.Waiting("%s", steps.Words(what)) },
			}, columns)
		},
	}
}

// source is the value of --source.
type source struct {
	// typed is the source that was typed; "" without --source.
	typed queues.Source
}

func (s *source) String() string {
	if s.typed == "" {
		return string(queues.API)
	}
	return string(s.typed)
}

// Type is the name that pflag shows for the type of this flag in usage texts.
func (s *source) Type() string { return "source" }

func (s *source) Set(text string) error {
	switch from := queues.Source(text); from {
	case queues.API, queues.Prometheus, fromNode:
		s.typed = from
	case "auto":
		// Earlier versions had the default "auto", and scripts may still give it.
		s.typed = ""
	default:
		names := []string{string(queues.API), string(queues.Prometheus), string(fromNode)}
		return fail.Usagef("there is no source %q%s; there are %s", text, fail.DidYouMean(text, names),
			strings.Join(names, ", "))
	}
	return nil
}
