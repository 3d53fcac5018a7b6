package node

import (
	"context"
	"maps"
	"math"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func listNetworkInterfaces() verb.List {
	return verb.List{
		Name:  "list_network_interfaces",
		Short: "List the network interfaces of a node's machine",
		Long: `List the network interfaces of the machine that a node runs on, with a row for each of their addresses. An
interface without an address has one row, too.` + overErlang,
		Example: `  rabbitctl list_network_interfaces --node rabbit@b
  rabbitctl list_network_interfaces name address --where 'address != ""'`,
		Group: "name",
		Table: texts("network interfaces", [2]string{"name", "the interface"}, [2]string{"address", "one of its addresses"},
			[2]string{"netmask", "the address's netmask"}, [2]string{"broadcast", "the broadcast address"},
			[2]string{"hardware_address", "the MAC address"}, [2]string{"flags", "up, running and the like"}),
		Flags: verb.NodeFlags(nil),
		Rows: verb.RowsFromNode(func(ctx context.Context, n inside.Node, _ verb.Ask,
			add func(map[string]record.Value) error) error {
			all, err := inside.Interfaces(ctx, n)
			for _, i := range all {
				for _, row := range addressRows(i) {
					if err == nil {
						err = add(row)
					}
				}
			}
			return err
		}),
	}
}

// addressRows returns a row for each address of an interface, or one row if the interface has no address.
func addressRows(i inside.Interface) []map[string]record.Value {
	columns := map[string]string{"netmask": "netmask", "broadaddr": "broadcast"}
	shared := named("name", i.Name)
	var rows []map[string]record.Value
	for _, p := range i.Properties {
		switch {
		case p.Name == "flags":
			shared["flags"] = record.Of(p.Value)
		case p.Name == "hwaddr":
			shared["hardware_address"] = record.Of(p.Value)
		case p.Name == "addr":
			rows = append(rows, named("address", p.Value))
		case columns[p.Name] != "" && len(rows) > 0:
			rows[len(rows)-1][columns[p.Name]] = record.Of(p.Value)
		}
	}
	if len(rows) == 0 {
		rows = append(rows, map[string]record.Value{})
	}
	for _, row := range rows {
		maps.Copy(row, shared)
	}
	return rows
}

func commandLineArguments() verb.List {
	return verb.List{
		Name:  "command_line_arguments",
		Short: "List what a node's Erlang was started with",
		Long: `List the flags that a node's Erlang was started with, as the node itself reports them: those with a dash. It
does not report the flags with a plus, such as +S and +P. A flag that was given several times has several rows.` +
			overErlang,
		Example: `  rabbitctl command_line_arguments
  rabbitctl command_line_arguments --where 'flag == "kernel"'`,
		Group: "flag",
		Table: texts("arguments", [2]string{"flag", "the flag without its dash"}, [2]string{"values", "its values"}),
		Flags: verb.NodeFlags(nil),
		Rows: verb.RowsFromNode(func(ctx context.Context, n inside.Node, _ verb.Ask,
			add func(map[string]record.Value) error) error {
			all, err := inside.Arguments(ctx, n)
			for _, a := range inside.Terms(all) {
				if err == nil {
					err = add(named("flag", a.Name, "values", words(a.Value)))
				}
			}
			return err
		}),
	}
}

// words returns the elements of a list as one text, with spaces between them. Empty lists in it are left out. A term
// that is no list is returned as a text.
func words(t erlang.Term) string {
	list, ok := t.(erlang.List)
	if !ok {
		return erlang.Cell(t)
	}
	var all []string
	for _, e := range list {
		if l, ok := e.(erlang.List); !ok || len(l) > 0 {
			all = append(all, erlang.Cell(e))
		}
	}
	return strings.Join(all, " ")
}

func runtimeThreadStats() verb.List {
	var length time.Duration
	counters := [][2]string{{"emulator", "ran Erlang code"}, {"port", "ran ports, such as sockets"},
		{"aux", "did auxiliary work"}, {"check_io", "looked for sockets with something to read"},
		{"gc", "collected garbage"}, {"other", "did something else"}, {"sleep", "had nothing to do"}}
	t := record.Table{Noun: "threads", Columns: []record.Column{
		{Name: "type", Kind: record.Text, Help: "what kind of thread: scheduler, dirty_io_scheduler and so on"},
		{Name: "id", Kind: record.Ordinal, Help: "its number among the threads of its type"}}}
	for _, c := range counters {
		t.Columns = append(t.Columns, record.Column{Name: c[0], Kind: record.Ratio,
			Help: "share of the time in which it " + c[1]})
	}
	t.Default = t.Names()
	return verb.List{
		Name:  "runtime_thread_stats",
		Short: "List what the threads of a node's Erlang do",
		Long: `List what the threads of a node's Erlang VM did during --sample-interval (default 1s), as shares of that
time: from 0 to 1, with -o table in percent. If the schedulers hardly ever sleep, the node is at the limit of its
CPUs.` + overErlang,
		Example: `  rabbitctl runtime_thread_stats --where 'type == "scheduler"'
  rabbitctl runtime_thread_stats --sample-interval 5s --sort sleep --limit 3`,
		Group: "type",
		Table: t,
		Flags: verb.NodeFlags(func(fs *pflag.FlagSet) {
			config.DurationFlag(fs, &length, "sample-interval", time.Second, "how long the threads are watched")
		}),
		Validate: func(verb.Ask) error {
			if length < time.Millisecond {
				return fail.Usagef("--sample-interval: %s is below a millisecond", length)
			}
			return nil
		},
		Rows: verb.RowsFromNode(func(ctx context.Context, n inside.Node, _ verb.Ask,
			add func(map[string]record.Value) error) error {
			all, _, err := inside.Threads(ctx, n, length)
			for _, thread := range all {
				if err == nil {
					err = add(threadRow(thread))
				}
			}
			return err
		}),
	}
}

func threadRow(t inside.Thread) map[string]record.Value {
	row := map[string]record.Value{"type": record.Of(t.Type), "id": record.Of(t.ID)}
	var whole int64
	for _, n := range t.Counters {
		whole += n
	}
	for name, n := range t.Counters {
		if whole > 0 {
			row[name] = record.Of(math.Round(float64(n)/float64(whole)*1e6) / 1e6)
		}
	}
	return row
}

func enableSourceTracking() verb.Change {
	return verb.Of(change.EnableSourceTracking, verb.About{
		Short: "Make a node record login attempts by user and address",
		Long: `Make a node record how often clients logged in, or failed to, by user and address. To see this, name the
column remote_address or username behind list_node_auth_attempt_stats. The record costs memory for each user and
address. The setting holds until the node restarts.` + overErlang,
		Example: `  rabbitctl enable_auth_attempt_source_tracking --node rabbit@b`,
	})
}

func disableSourceTracking() verb.Change {
	return verb.Of(change.DisableSourceTracking, verb.About{
		Short: "Stop a node from recording login attempts by user and address",
		Long: `Stop a node from recording by user and address how often clients logged in, or failed to. This holds until the node
restarts. What it has recorded stays until reset_node_auth_attempt_metrics or a restart.` + overErlang,
		Example: `  rabbitctl disable_auth_attempt_source_tracking --node rabbit@b`,
	})
}

func listChannelInterceptors() verb.List {
	return verb.List{
		Name:  "list_channel_interceptors",
		Short: "List the plugins that look into a node's channels",
		Long: `List the channel interceptors of a node: parts of plugins that see, and may change, what clients do on a
channel. --sort priority lists them in the order in which they run. The command needs RabbitMQ 4.3.6 or
later.` + overErlang,
		Example: `  rabbitctl list_channel_interceptors
  rabbitctl list_channel_interceptors name priority`,
		Table: record.Table{Noun: "channel interceptors", Default: []string{"name", "applies_to", "priority"},
			Columns: []record.Column{{Name: "name", Kind: record.Text, Help: "its module"},
				{Name: "applies_to", Kind: record.Text, Help: "the methods of AMQP that it sees"},
				{Name: "priority", Kind: record.Ordinal, Help: "an interceptor with a lower one runs earlier"}}},
		Flags: verb.NodeFlags(nil),
		Rows: verb.RowsFromNode(func(ctx context.Context, n inside.Node, _ verb.Ask,
			add func(map[string]record.Value) error) error {
			all, err := inside.Interceptors(ctx, n)
			for _, i := range all {
				row := verb.RowOfPairs(i, nil)
				for _, p := range inside.Pairs(i) {
					if p.Name == "applies_to" {
						row["applies_to"] = record.Of(p.Value)
					}
				}
				if err == nil {
					err = add(row)
				}
			}
			return err
		}),
	}
}

func setInterceptorPriorities() verb.Change {
	return verb.Of(change.SetInterceptorPriorities, verb.About{
		Short: "Set the order in which a node runs its channel interceptors",
		Long: `Set the priorities of channel interceptors of a node, as pairs of a name and a whole number. At least one
pair must be given; an interceptor that is not named keeps its priority. The interceptor with the lowest priority runs
first. The priorities take effect at once, on this node only and until it restarts. The command needs RabbitMQ 4.3.6 or
later.` + overErlang,
		Example: `  rabbitctl set_channel_interceptor_priorities rabbit_sharding_interceptor 5 --dry-run
  rabbitctl set_channel_interceptor_priorities rabbit_sharding_interceptor 5`,
	})
}

func evalFile() verb.Change {
	return verb.Of(change.EvalFile, verb.About{
		Short: "Run the Erlang code of a file on a node",
		Long: `Run the Erlang code of a file on a node, and print its output and its value. The file is on this machine, or
- for standard input. The file holds expressions with commas between them. In the code, the variables _1, _2 and so on
are the arguments, as binaries. The Erlang cookie gives all rights on the node, and no permission limits what the code
does. rabbitctl cannot see what the code does, so it asks only in a protected context. When the time of --timeout is
over, rabbitctl stops waiting, and the code keeps running on the node. If the code prints something after that, the
code fails.` + overErlang,
		Example: `  rabbitctl eval_file look.erl
  rabbitctl eval_file look.erl orders --node rabbit@b`,
	})
}
