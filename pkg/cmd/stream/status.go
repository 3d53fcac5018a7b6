package stream

import (
	"context"
	"iter"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func status() verb.List {
	return verb.List{
		Name:  "stream_status",
		Short: "List the members of a stream: which one leads, who is online",
		Long: `List the members of a stream: which one is the leader, which are online, and how many readers each serves.
The stream is in the virtual host / unless -p names another. Members come from the statistics, up to 10 seconds old.
The statistics list a member as online while the Erlang VM of its node is up; here it is online only while RabbitMQ
runs on the node too. For a user without the tag monitoring, who may not list nodes, the statistics alone count.

The command does not show how far each member's log is. A node reports that over Erlang distribution, which needs the
Erlang cookie. For a stream named events in the virtual host / use
rabbitctl eval 'rabbit_stream_queue:status(<<"/">>, <<"events">>).'`,
		Example: `  rabbitctl stream_status events
  rabbitctl stream_status events -p prod --where '!online'
  rabbitctl list_stream_tracking events`,
		Args:  []verb.Arg{name()},
		Group: "state",
		Table: record.Table{
			Noun:    "members",
			Default: []string{"node", "role", "online", "readers", "state"},
			Columns: []record.Column{
				{Name: "node", Kind: record.Text, Help: "the member's node"},
				{Name: "role", Kind: record.Text, Help: "leader or replica; empty for a leader whose node is known " +
					"not to run"},
				{Name: "online", Kind: record.Flag, Help: "whether it takes part: it is listed as online, and its node runs"},
				{Name: "readers", Kind: record.Count,
					Help: "how many readers it serves: consumers and, on the leader, also the replicas"},
				{Name: "state", Kind: record.Text, Help: "the stream's state: running, minority (no majority online) or down"},
				{Name: "node_running", Kind: record.Flag,
					Help: "whether RabbitMQ runs on the node; empty for a user who may not list nodes"},
			},
		},
		Scoped: true, OneVHost: true,
		Rows: members,
	}
}

func members(ctx context.Context, c *broker.Client, ask verb.Ask,
	columns []record.Column) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		vhost, stream := ask.VHost, ask.Args[0]
		raw, err := c.Queue(ctx, vhost, stream)
		if err != nil {
			yield(nil, verb.Absent(ctx, c, err, "queue", vhost, stream, name()))
			return
		}
		if kind := raw.At("type").Text(); kind != "stream" {
			yield(nil, fail.New(fail.Data, "%s in virtual host %s is a %s queue, not a stream", stream, vhost, kind).
				Next("rabbitctl quorum_status is for quorum queues; rabbitctl list_queues -p %s name type shows the "+
					"type of each queue", fail.Word(vhost)))
			return
		}
		if !raw.At("members").Known() {
			yield(nil, fail.New(fail.Unavailable, "the broker does not report the members of stream %s", stream).
				Next("a new stream has none for some seconds: try again; rabbitctl list_queues -p %s name state shows "+
					"whether it is down", fail.Word(vhost)))
			return
		}
		nodes, err := survey.Members(ctx, c)
		if fail.KindOf(err) == fail.Denied {
			ask.Note("the column online comes from the statistics alone, which can count a stopped node as online; %s",
				survey.Unlisted(ctx, c))
		} else if err != nil {
			yield(nil, err)
			return
		}
		if splits := health.Splits(nodes); len(splits) > 0 {
			ask.Note("the cluster is split (%s were cut off from each other), so its lists of members cannot be trusted: "+
				"rabbitctl cluster_status --ask-every-node shows the sides", splits[0])
		}
		state := c.QueueState(ctx, raw)
		for _, facts := range ofMembers(raw, state, nodes) {
			row := make(record.Row, len(columns))
			for i, column := range columns {
				row[i] = facts[column.Name]
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// ofMembers returns the facts of each member by column, sorted by node. nodes is empty if the user may not list the
// nodes. Otherwise a node that is not in nodes counts as not running, since it is not part of the cluster. state is the
// stream's state as long as a majority takes part.
func ofMembers(raw, state record.Value, nodes []health.Member) []map[string]record.Value {
	var members, online []string
	raw.At("members").Each(func(v record.Value) { members = append(members, v.Text()) })
	raw.At("online").Each(func(v record.Value) { online = append(online, v.Text()) })
	leader := raw.At("leader")
	if !leader.Known() {
		// 3.10 reports the leader in the member node.
		leader = raw.At("node")
	}
	readers := raw.At("readers").Map()
	slices.Sort(members)
	var all []map[string]record.Value
	taking := 0
	for _, node := range members {
		seen := len(nodes) > 0
		up := slices.ContainsFunc(nodes, func(n health.Member) bool { return n.Name == node && n.Running })
		part := slices.Contains(online, node) && (up || !seen)
		if part {
			taking++
		}
		facts := map[string]record.Value{"node": record.Of(node), "readers": record.Of(readers[node]),
			"online": record.Of(part)}
		if seen {
			facts["node_running"] = record.Of(up)
		}
		switch {
		case node != leader.Text():
			facts["role"] = record.Of("replica")
		case up || !seen:
			facts["role"] = record.Of("leader")
		}
		all = append(all, facts)
	}
	if word := broker.MinorityOf(len(members), taking); word != "" {
		state = record.Of(word)
	}
	for _, facts := range all {
		facts["state"] = state
	}
	return all
}
