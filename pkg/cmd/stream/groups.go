package stream

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// younger replaces an error which says that the node's release is too old. The new error has the parameter what, which
// the node does not report, and the parameter since, the first release that reports it. Any other err is returned as it
// is.
func younger(err error, what, since string) error {
	if !inside.NotInRelease(err) {
		return err
	}
	return fail.New(fail.Unavailable, "the node's release does not report %s: releases since %s do", what, since)
}

func coordinatorStatus() verb.List {
	return verb.List{
		Name:  "coordinator_status",
		Short: "List the members of the coordinator of all streams",
		Long: `List the members of the coordinator of streams, with the state that each of them reports. The coordinator
elects the leaders of all streams and changes their replicas. If none of its own members is the leader, no stream can
get a new leader. The coordinator does not run before the first stream is declared: then there are no rows, and a note
says so. If streams are declared and no member of the coordinator answers, the command fails. The command needs
RabbitMQ 3.13 or later.` + verb.OverErlang,
		Example: `  rabbitctl coordinator_status
  rabbitctl coordinator_status node raft_state --where 'raft_state != "leader" && raft_state != "follower"'`,
		Group: "raft_state",
		Table: verb.RaftTable("members of the coordinator"),
		Flags: verb.NodeFlags(nil),
		Rows: verb.RowsFromNode(func(ctx context.Context, n inside.Node, ask verb.Ask,
			add func(map[string]record.Value) error) error {
			rows, err := inside.Coordinator(ctx, n)
			if inside.CoordinatorSilent(err) {
				has, err := inside.HasStreams(ctx, n)
				if err == nil && has {
					err = fail.New(fail.Unavailable, "there are streams, but no member of the stream coordinator answers").
						Next("rabbitctl list_nodes shows which nodes run; the nodes' logs say more")
				}
				if err == nil {
					ask.Note("the stream coordinator does not run: it starts when the first stream is declared")
				}
				return err
			}
			return each(rows, younger(err, "the state of the stream coordinator", "3.13"), verb.RaftColumns(), add)
		}),
	}
}

// each calls add for each row. names maps the names of the columns in the rows to those of rabbitctl; it is nil if they
// are the same.
func each(rows []erlang.Term, err error, names map[string]string, add func(map[string]record.Value) error) error {
	for _, r := range rows {
		if err == nil {
			err = add(verb.RowOfPairs(r, names))
		}
	}
	return err
}

func listConsumerGroups() verb.List {
	columns := []record.Column{
		{Name: "stream", Kind: record.Text, Help: "the stream"},
		{Name: "reference", Kind: record.Text, Help: "the group's name"},
		{Name: "partition_index", Kind: record.Ordinal, Help: "which partition of a super stream it is, -1 for none"},
		{Name: "consumers", Kind: record.Count, Help: "how many consumers it has"},
	}
	return verb.List{
		Name:  "list_stream_consumer_groups",
		Short: "List the groups of single active consumers of streams",
		Long: `List the groups of single active consumers of streams. In each group, at most one consumer is active. The
streams are in the virtual host / unless -p names another. The command needs release 3.11 or later.` + verb.OverErlang,
		Example: `  rabbitctl list_stream_consumer_groups
  rabbitctl list_stream_consumer_groups -p prod --where 'consumers < 2'`,
		Group:  "stream",
		Table:  record.Table{Noun: "groups", Columns: columns, Default: names(columns)},
		Scoped: true, OneVHost: true,
		Flags: verb.NodeFlags(nil),
		Rows: verb.RowsFromNode(func(ctx context.Context, n inside.Node, ask verb.Ask,
			add func(map[string]record.Value) error) error {
			if err := inside.NeedsRabbit(ctx, n); err != nil {
				return err
			}
			if err := inside.IsVHost(ctx, n, ask.VHost); err != nil {
				return err
			}
			rows, err := inside.ConsumerGroups(ctx, n, ask.VHost, names(columns))
			return each(rows, younger(err, "groups of consumers", "3.11"), nil, add)
		}),
	}
}

func names(columns []record.Column) []string { return record.Table{Columns: columns}.Names() }

func listGroupConsumers() verb.List {
	columns := []record.Column{
		{Name: "subscription_id", Kind: record.Ordinal, Help: "the consumer's number in its connection"},
		{Name: "connection_name", Kind: record.Text, Help: "its connection"},
		{Name: "state", Kind: record.Text,
			Help: "active or inactive; from 4.1.2 on active, waiting or deactivating, with the connection's state in " +
				"brackets, as in waiting (connected)"},
	}
	return verb.List{
		Name:  "list_stream_group_consumers",
		Short: "List the consumers of a group of a stream",
		Long: `List all consumers of a group of a stream (single active consumer: at most one of them is active), and which
one is active. The stream is in the virtual host / unless -p names another. list_stream_consumer_groups lists the
groups. If no consumer is active, the command activate_stream_consumer makes the broker choose one. This listing needs
release 3.11 or later.` + verb.OverErlang,
		Example: `  rabbitctl list_stream_group_consumers events app
  rabbitctl list_stream_group_consumers events app -p prod -o json`,
		Args:   []verb.Arg{name(), {Name: "REFERENCE", Free: true}},
		Group:  "state",
		Table:  record.Table{Noun: "consumers", Columns: columns, Default: names(columns)},
		Scoped: true, OneVHost: true,
		Flags: verb.NodeFlags(nil),
		Rows: verb.RowsFromNode(func(ctx context.Context, n inside.Node, ask verb.Ask,
			add func(map[string]record.Value) error) error {
			if err := inside.NeedsRabbit(ctx, n); err != nil {
				return err
			}
			vhost := ask.VHost
			if err := inside.IsVHost(ctx, n, vhost); err != nil {
				return err
			}
			rows, known, err := inside.GroupConsumers(ctx, n, vhost, ask.Args[0], ask.Args[1], names(columns))
			if err == nil && !known {
				return fail.New(fail.NotFound, "stream %s in virtual host %s has no group %s", ask.Args[0], vhost, ask.Args[1]).
					Next("rabbitctl list_stream_consumer_groups -p %s shows the groups that exist", fail.Word(vhost))
			}
			return each(rows, younger(err, "groups of consumers", "3.11"), nil, add)
		}),
	}
}
