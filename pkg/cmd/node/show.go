package node

import (
	"context"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func show() verb.Show {
	return verb.Show{
		Name:  "show_node",
		Short: "Show a node with its alarms, memory, listeners and plugins",
		Long: `Show a node with its alarms, the use of its memory, its listeners and its plugins; without a name, the node
that answers. Alarms are up to date. Figures can be ten seconds old; a node that does not run has no figures. The
command needs a user with the tag monitoring.`,
		Example: `  rabbitctl show_node
  rabbitctl show_node rabbit@a -o json | jq .memory`,
		Args: []verb.Arg{name()},
		Read: read,
	}
}

func read(ctx context.Context, c *broker.Client, ask verb.Ask) (record.Document, error) {
	overview, err := c.Overview(ctx)
	if err != nil {
		return nil, err
	}
	node := overview.At("node").Text()
	if len(ask.Args) > 0 {
		node = ask.Args[0]
	}
	raw, err := member(ctx, c, node)
	if err != nil {
		return nil, err
	}
	alarms, err := alarmSection(ctx, c)
	if err != nil {
		return nil, err
	}
	verb.SayUntold(ctx, c, ask)
	return record.Document{facts(raw), of(alarms, node), memory(raw), of(listeners(overview), node), plugins(raw)}, nil
}

// member returns the node with everything that the API reports about it. member looks for the node in the listing
// first: if the node does not exist, releases answer with different errors.
func member(ctx context.Context, c *broker.Client, node string) (record.Value, error) {
	names, err := record.Texts(c.Nodes(ctx, record.Named("name")))
	if err != nil {
		return nil, err
	}
	if !slices.Contains(names, node) {
		return nil, fail.New(fail.NotFound, "node %s is not a member of the cluster at %s%s", node, c.BaseURL(),
			fail.DidYouMean(node, names)).
			Next("the cluster's nodes: %s", strings.Join(names, " "))
	}
	return c.Node(ctx, node)
}

// facts returns the columns of the node, except its plugins, which have their own section.
func facts(raw record.Value) record.Section {
	columns := slices.DeleteFunc(table().Columns, func(c record.Column) bool { return c.Name == "enabled_plugins" })
	return record.Object("", columns, raw)
}

// of keeps the rows of the section that are about the node, and removes the column with the node's name.
func of(s record.Section, node string) record.Section {
	at := record.IndexOf(s.Columns, "node")
	kept := record.Section{Name: s.Name, Columns: slices.Concat(s.Columns[:at], s.Columns[at+1:])}
	for _, row := range s.Rows {
		if row[at].Text() == node {
			kept.Rows = append(kept.Rows, slices.Concat(row[:at], row[at+1:]))
		}
	}
	return kept
}

// memory returns a section with the totals first, and then the parts that the release reports.
func memory(raw record.Value) record.Section {
	var fields []record.Field
	for _, part := range memoryParts() {
		if v := raw.At("memory." + part); v.Known() {
			kind := record.Bytes
			if part == "strategy" {
				kind = record.Text
			}
			fields = append(fields, record.Field{Column: record.Column{Name: part, Kind: kind}, Value: v})
		}
	}
	return record.Fields("memory", fields...)
}

// memoryParts returns the paths of the members in the object memory of a node, for all releases.
func memoryParts() []string {
	return []string{"total.rss", "total.allocated", "total.erlang", "strategy", "queue_procs", "quorum_queue_procs",
		"quorum_queue_dlx_procs",
		"stream_queue_procs", "stream_queue_replica_reader_procs", "stream_queue_coordinator_procs", "connection_readers",
		"connection_writers",
		"connection_channels", "connection_other", "plugins", "other_proc", "metrics", "mgmt_db", "mnesia", "metadata_store",
		"metadata_store_ets",
		"quorum_ets", "other_ets", "binary", "msg_index", "code", "atom", "other_system", "allocated_unused",
		"reserved_unallocated"}
}

func plugins(raw record.Value) record.Section {
	versions := map[string]record.Value{}
	raw.At("applications").Each(func(a record.Value) { versions[a.At("name").Text()] = a.At("version") })
	s := record.Section{Name: "plugins", Columns: []record.Column{{Name: "name"}, {Name: "version"}}}
	raw.At("enabled_plugins").Each(func(p record.Value) { s.Rows = append(s.Rows, record.Row{p, versions[p.Text()]}) })
	return s
}

// name is the argument that names a node.
func name() verb.Arg {
	return verb.Arg{Name: "NODE", Optional: true,
		Complete: func(ctx context.Context, c *broker.Client, _ string) ([]string, error) {
			return record.Texts(c.Nodes(ctx, record.Named("name")))
		}}
}
