package node

import (
	"context"
	"time"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func listUnresponsiveQueues() verb.List {
	var patience time.Duration
	local, vhost := false, ""
	const usual = 15 * time.Second
	return verb.List{
		Name:  "list_unresponsive_queues",
		Short: "List the queues of a virtual host that do not answer",
		Long: `List the queues of a virtual host that do not answer within --queue-timeout, on all nodes that run. A healthy
broker has none. Each node asks its queues one after the other, and waits for each of them up to --queue-timeout; the
nodes work at the same time. So --timeout should be longer than --queue-timeout times the largest number of queues of
one node that do not answer.` + overErlang,
		Example: `  rabbitctl list_unresponsive_queues
  rabbitctl list_unresponsive_queues --queue-vhost orders --queue-timeout 5s --timeout 5m`,
		Group: "durable",
		Table: record.Table{Noun: "unresponsive queues", Default: []string{"name", "durable", "auto_delete", "pid"},
			Columns: []record.Column{
				{Name: "name", Kind: record.Text, Help: "the queue's name"},
				{Name: "durable", Kind: record.Flag, Help: "whether it survives a restart of the broker"},
				{Name: "auto_delete", Kind: record.Flag, Help: "whether it is deleted with its last consumer"},
				{Name: "pid", Kind: record.Text, Help: "its process, and the node that the process is on"},
			}},
		Flags: verb.NodeFlags(func(fs *pflag.FlagSet) {
			config.DurationFlag(fs, &patience, "queue-timeout", usual, "how long a queue may take to answer")
			fs.StringVar(&vhost, "queue-vhost", "/", "the queues of this `VHOST`")
			fs.BoolVar(&local, "local", false, "only the queues of the node that is asked")
		}),
		Rows: verb.RowsFromNode(func(ctx context.Context, n inside.Node, _ verb.Ask,
			add func(map[string]record.Value) error) error {
			return inside.Unresponsive(ctx, n, vhost, []string{"name", "durable", "auto_delete", "pid"}, patience, local,
				func(row erlang.Term) error {
					values := verb.RowOfPairs(row, nil)
					if name := inside.NameOf(inside.ValueOf(row, "name")); name != "" {
						values["name"] = record.Of(name)
					}
					return add(values)
				})
		}),
	}
}

func schemaInfo() verb.List {
	columns := []string{"name", "active_replicas", "user_properties"}
	return verb.List{
		Name:  "schema_info",
		Short: "List the tables of Mnesia, on releases before 4.3",
		Long: `List the tables of Mnesia, and for each table the running nodes that have a copy of it. Releases from 4.3
on have no Mnesia: there the command fails (exit 69).` + overErlang,
		Example: `  rabbitctl schema_info
  rabbitctl schema_info name --match '^rabbit_durable'`,
		Group: "active_replicas",
		Table: texts("tables", [2]string{"name", "the table"}, [2]string{"active_replicas", "the nodes that have it now"},
			[2]string{"user_properties", "the user_properties of the table in Mnesia"}),
		Flags: verb.NodeFlags(nil),
		Rows: verb.RowsFromNode(func(ctx context.Context, n inside.Node, _ verb.Ask,
			add func(map[string]record.Value) error) error {
			rows, err := inside.Schema(ctx, n, columns)
			for _, r := range rows {
				if err == nil {
					err = add(verb.RowOfPairs(r, nil))
				}
			}
			return err
		}),
	}
}
