package queue

import (
	"context"
	"iter"
	"maps"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func quorumStatus() verb.List {
	return verb.List{
		Name:  "quorum_status",
		Short: "List the members of a quorum queue with the state of each one's log",
		Long: `List the members of a quorum queue or of a stream: which node leads, which nodes are online, and for a
quorum queue how far each member's log is. The queue is in the virtual host / unless -p names another.

Releases since 3.13.7 report membership and logs of quorum queues. For a stream, and on older releases, only node,
online and the leader's raft_state are known, and all other cells are empty. If a member of a quorum queue does not
answer, its online is false, and the cells about its log are empty.`,
		Example: `  rabbitctl quorum_status orders
  rabbitctl quorum_status orders -p prod --where '!online'`,
		Args:  []verb.Arg{name()},
		Group: "raft_state",
		Table: record.Table{
			Noun: "members",
			Columns: []record.Column{
				{Name: "node", Help: "the member's node"},
				{Name: "raft_state", Help: "leader, follower, candidate, or why it is not known"},
				{Name: "online", Kind: record.Flag, Help: "whether the node is up and takes part"},
				{Name: "membership", Help: "voter, non_voter, or promotable while it catches up"},
				{Name: "last_log_index", Kind: record.Ordinal, Help: "the newest entry of its log"},
				{Name: "last_written", Kind: record.Ordinal, Help: "the newest entry on its disk"},
				{Name: "last_applied", Kind: record.Ordinal, Help: "the newest entry that it has applied"},
				{Name: "commit_index", Kind: record.Ordinal, Help: "the newest entry that a majority has"},
				{Name: "snapshot_index", Kind: record.Ordinal, Help: "the newest entry in its snapshot, -1 for none"},
				{Name: "term", Kind: record.Ordinal, Help: "the Raft term: a number that rises with each election"},
				{Name: "machine_version", Kind: record.Ordinal, Help: "the version of the queue's code that it runs"},
			},
			Default: []string{"node", "raft_state", "online", "membership", "last_log_index", "last_applied", "commit_index",
				"term"},
		},
		Scoped: true, OneVHost: true,
		Rows: quorumMembers,
	}
}

// titles returns, for each column, the title that rabbitmq-queues and the API give it.
func titles() map[string]string {
	return map[string]string{"node": "Node Name", "raft_state": "Raft State", "membership": "Membership",
		"last_log_index": "Last Log Index",
		"last_written":   "Last Written", "last_applied": "Last Applied", "commit_index": "Commit Index",
		"snapshot_index": "Snapshot Index",
		"term":           "Term", "machine_version": "Machine Version"}
}

func quorumMembers(ctx context.Context, c *broker.Client, ask verb.Ask,
	columns []record.Column) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		vhost, queue := ask.VHost, ask.Args[0]
		raw, err := c.Queue(ctx, vhost, queue)
		if err != nil {
			yield(nil, verb.Absent(ctx, c, err, "queue", vhost, queue, name()))
			return
		}
		if kind := raw.At("type").Text(); kind == "classic" {
			yield(nil, fail.New(fail.Data, "queue %s in virtual host %s is a classic queue: it has no members", queue, vhost).
				Next("rabbitctl list_queues name type --where 'type == \"quorum\" || type == \"stream\"' shows those "+
					"that have"))
			return
		}
		logs := map[string]record.Value{}
		if raw.At("type").Text() == "quorum" {
			if logs, err = logStates(ctx, c, vhost, queue); err != nil {
				yield(nil, err)
				return
			}
		}
		var online []string
		raw.At("online").Each(func(v record.Value) { online = append(online, v.Text()) })
		leader := raw.At("leader").Text()
		raw.At("members").Each(func(v record.Value) {
			if _, told := logs[v.Text()]; !told {
				logs[v.Text()] = nil
			}
		})
		if len(logs) == 0 {
			yield(nil, fail.New(fail.Unavailable, "the broker does not report who the members of %s are", queue).
				Next("a new queue or stream has none for some seconds: try again; rabbitctl list_queues -p %s name state "+
					"shows whether it is down", fail.Word(vhost)))
		}
		for _, node := range slices.Sorted(maps.Keys(logs)) {
			row := make(record.Row, len(columns))
			for i, column := range columns {
				switch row[i] = logs[node].At(titles()[column.Name]); {
				case column.Name == "node":
					row[i] = record.Of(node)
				case column.Name == "online":
					row[i] = record.Of(slices.Contains(online, node))
				case column.Name == "raft_state" && logs[node] == nil && node == leader:
					row[i] = record.Of("leader")
				}
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// logStates returns what the members report about their logs, by node. The map is empty if the release does not offer
// this.
func logStates(ctx context.Context, c *broker.Client, vhost, queue string) (map[string]record.Value, error) {
	logs := map[string]record.Value{}
	all, err := c.QuorumStatus(ctx, vhost, queue)
	if broker.IsNotOffered(err) {
		return logs, nil
	}
	if err != nil {
		return nil, err
	}
	for _, v := range all {
		if node := v.At("Node Name").Text(); node != "" {
			logs[node] = v
		}
	}
	return logs, nil
}
