package node

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// usualLines is how many lines of a log are shown without --number.
const usualLines = 50

func logTail() verb.Show {
	lines := 0
	tail := func(ctx context.Context, n inside.Node, _ verb.Ask) ([]string, error) {
		if lines < 1 {
			return nil, fail.Usagef("--number: %d is below 1", lines)
		}
		file, err := inside.LogFile(ctx, n, false)
		if err != nil {
			return nil, err
		}
		all, err := inside.LogTail(ctx, n, file, lines)
		return all, inside.LogUnopened(ctx, n, file, err)
	}
	return verb.Show{
		Name:  "log_tail",
		Short: "Show the last lines of a node's log",
		Long: `Show the last lines of a node's log file. The node reads the file, so this also works from another machine.
If the node logs only to standard output, as in a container, there is no such file, and the command fails (exit
69).` + overErlang,
		Example: `  rabbitctl log_tail --node rabbit@b
  rabbitctl log_tail --number 200 | grep -F '[error]'`,
		Flags: verb.NodeFlags(func(fs *pflag.FlagSet) {
			fs.IntVarP(&lines, "number", "N", usualLines, "the last `N` lines")
		}),
		Text: verb.FromNode(func(ctx context.Context, n inside.Node, ask verb.Ask) (string, error) {
			all, err := tail(ctx, n, ask)
			return strings.Join(all, "\n"), err
		}),
		Read: verb.FromNode(func(ctx context.Context, n inside.Node, ask verb.Ask) (record.Document, error) {
			all, err := tail(ctx, n, ask)
			s := record.Section{Name: "lines", Columns: record.Named("line")}
			for _, line := range all {
				s.Rows = append(s.Rows, record.Row{record.Of(line)})
			}
			return record.Document{s}, err
		}),
	}
}

// forFlag adds the flag --for, which says how long the command follows a node; 0 means until Ctrl-C.
func forFlag(fs *pflag.FlagSet, into *time.Duration) {
	config.DurationFlag(fs, into, "for", 0, "end after this `TIME`, as in 10s or 5m; without it Ctrl-C ends it")
}

func logTailStream() verb.Follow {
	var length time.Duration
	return verb.Follow{
		Name:  "log_tail_stream",
		Short: "Print what a node writes into its log, as it comes",
		Long: `Print what a node writes into its log file from now on, as it comes, until Ctrl-C or for the time of --for. The
node reads the file, so this also works from another machine. If the node logs only to standard output, as in a
container, there is no such file, and the command fails (exit 69).` + overErlang,
		Example: `  rabbitctl log_tail_stream --for 10m --node rabbit@b
  rabbitctl log_tail_stream | grep --line-buffered -F '[error]'`,
		Flags:   func(fs *pflag.FlagSet) { forFlag(fs, &length) },
		Endless: true,
		Run: func(ctx context.Context, n inside.Node, _ verb.Ask, print func(string) error) error {
			file, err := inside.LogFile(ctx, n, false)
			if err != nil {
				return err
			}
			return inside.LogUnopened(ctx, n, file, inside.LogStream(ctx, n, file, length, print))
		},
	}
}

func consumeEventStream() verb.Follow {
	var length time.Duration
	pattern := ""
	return verb.Follow{
		Name:  "consume_event_stream",
		Short: "Print what happens on a node, as it happens",
		Long: `Print the internal events of a node from now on, such as queue.created and connection.closed, until Ctrl-C
or for the time of --for. Both end it with exit code 0; the end of --timeout is an error. Each line is a JSON object
with event (its name), timestamp_in_ms, and the properties of the event, such as vhost and name. These are the events
of the node that is asked; the other nodes of the cluster have their own.` + overErlang,
		Example: `  rabbitctl consume_event_stream --for 10m
  rabbitctl consume_event_stream --pattern '^queue\.' | jq -r '[.event, .vhost, .name] | @tsv'`,
		Flags: func(fs *pflag.FlagSet) {
			forFlag(fs, &length)
			fs.StringVar(&pattern, "pattern", ".*", "only events whose name matches `REGEX`")
		},
		Endless: true, Objects: true,
		Run: func(ctx context.Context, n inside.Node, _ verb.Ask, print func(string) error) error {
			return inside.Events(ctx, n, length, pattern, func(event erlang.Term) error {
				return print(erlang.JSON(event) + "\n")
			})
		},
	}
}
