package node

import (
	"context"
	"math"
	"time"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func observer() verb.List {
	var length time.Duration
	by, top := "", 0
	items := map[string]string{"memory": "memory", "reductions": "reductions", "queue": "message_queue_len"}
	return verb.List{
		Name:  "observer",
		Short: "List a node's heaviest Erlang processes",
		Long: `List the Erlang processes of a node that have the most memory (the default), do the most work while they are
watched (--by reductions), or have the most messages waiting for them (--by queue), the heaviest first.
--sample-interval says for how long they are watched. --where, --match and --exclude only choose among the heaviest
processes that --top lists. Reductions are Erlang's measure of work. The messages that wait for a process are not those
of a RabbitMQ queue. If more and more wait for a process, it does not keep up. The column function tells what each
was doing.` +
			overErlang,
		Example: `  rabbitctl observer --watch 2s
  rabbitctl observer --by queue --top 5 --node rabbit@b
  rabbitctl observer --by reductions name function reductions_rate
  rabbitctl observer --by reductions -o json`,
		Group: "name",
		Table: record.Table{Noun: "processes",
			// The column function is left out: on a terminal of 80 columns each process would need a second line, and the
			// heaviest processes would scroll out of sight.
			Default: []string{"name", "pid", "memory", "reductions_rate", "waiting"},
			Columns: []record.Column{
				{Name: "name", Kind: record.Text, Help: "its registered name, or the function that it began with"},
				{Name: "pid", Kind: record.Text, Help: "the process, as the node itself writes it"},
				{Name: "memory", Kind: record.Bytes, Help: "its memory"},
				{Name: "reductions", Kind: record.Count, Help: "reductions since the process started: how much it has worked"},
				{Name: "reductions_rate", Kind: record.Rate, Help: "reductions per second while rabbitctl watched the process"},
				{Name: "waiting", Kind: record.Count, Help: "messages that wait for it"},
				{Name: "function", Kind: record.Text, Help: "the function that the process was running"},
			}},
		Flags: verb.NodeFlags(func(fs *pflag.FlagSet) {
			fs.StringVar(&by, "by", "memory", "`WHAT` makes a process heavy: memory, reductions or queue")
			verb.Words(fs, "by", "memory", "reductions", "queue")
			fs.IntVar(&top, "top", 10, "the `N` heaviest; 10 fit on a small screen")
			config.DurationFlag(fs, &length, "sample-interval", time.Second, "how long they are watched")
		}),
		Validate: func(verb.Ask) error {
			switch {
			case items[by] == "":
				return fail.Usagef("--by: %q is none of memory, reductions and queue", by)
			case top < 1 || top > 1000:
				return fail.Usagef("--top: %d is not a number from 1 to 1000", top)
			case length < 10*time.Millisecond:
				return fail.Usagef("--sample-interval: %s is below 10ms", length)
			}
			return nil
		},
		Rows: verb.RowsFromNode(func(ctx context.Context, n inside.Node, ask verb.Ask,
			add func(map[string]record.Value) error) error {
			all, more, err := inside.Processes(ctx, n, items[by], top, length)
			for _, p := range all {
				row := named("name", p.Name, "pid", p.PID, "function", p.Function)
				row["memory"], row["waiting"] = record.Of(p.Memory), record.Of(p.Queue)
				row["reductions"] = record.Of(p.Reduction)
				row["reductions_rate"] = record.Of(math.Round(p.PerSecond))
				if err == nil {
					err = add(row)
				}
			}
			if err == nil && more && ask.Filtered {
				ask.Note("looked only at the %d heaviest processes of the node; --top (at most 1000) says how many", top)
			}
			return err
		}),
	}
}
