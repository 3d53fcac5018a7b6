package inside

import (
	"context"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// QueueItems returns the items that a node reports about its queues. An item that the node's release does not have has
// no value.
func QueueItems() []string {
	return []string{"name", "durable", "auto_delete", "arguments", "policy", "operator_policy",
		"effective_policy_definition", "pid", "exclusive", "exclusive_consumer_tag",
		"messages_ready", "messages_unacknowledged", "messages",
		"messages_ready_ram", "messages_unacknowledged_ram", "messages_ram", "messages_persistent", "message_bytes",
		"message_bytes_ready", "message_bytes_unacknowledged", "message_bytes_ram", "message_bytes_persistent",
		"head_message_timestamp", "consumers", "consumer_utilisation", "consumer_capacity", "memory", "state", "type",
		"leader", "members", "online"}
}

// VHosts returns the names of all virtual hosts.
func VHosts(ctx context.Context, n Node) ([]string, error) {
	all, err := ask(ctx, n, "rabbit_vhost", "list_names")
	var names []string
	for _, v := range listed(all) {
		names = append(names, characters(v))
	}
	return names, err
}

// IsVHost returns an error for a virtual host that does not exist.
func IsVHost(ctx context.Context, n Node, vhost string) error {
	all, err := VHosts(ctx, n)
	if err != nil {
		return err
	}
	return isVHost(vhost, all)
}

func isVHost(vhost string, all []string) error {
	if slices.Contains(all, vhost) {
		return nil
	}
	return fail.New(fail.NotFound, "virtual host %s does not exist%s", vhost, fail.DidYouMean(vhost, all)).
		Next("rabbitctl list_vhosts shows those that exist")
}

// Queue is a queue as a node reports it.
type Queue struct {
	VHost, Name string
	// Row has the items of the queue, as pairs of name and value.
	Row erlang.Term
}

// Queues calls the function "each" for every queue of a virtual host, or of all virtual hosts if vhost is "". The Row
// of each queue has its name and the items. If a node of the cluster is stopped, Queues leaves out the quorum queues
// and streams that this node led and that have no new leader (3.10, 4.3), and returns an error of the kind Incomplete
// at the end. The function Places returns these queues, too.
func Queues(ctx context.Context, n Node, vhost string, items []string, each func(Queue) error) error {
	if err := NeedsRabbit(ctx, n); err != nil {
		return err
	}
	vhosts, err := VHosts(ctx, n)
	if err != nil {
		return err
	}
	if vhost != "" {
		if err := isVHost(vhost, vhosts); err != nil {
			return err
		}
		vhosts = []string{vhost}
	}
	if err := EmitQueues(ctx, n, QueueParts{Led: true, Down: true}, vhosts, items, each); err != nil {
		return err
	}
	stopped, err := stoppedNodes(ctx, n)
	if err != nil || len(stopped) == 0 {
		return err
	}
	return fail.New(fail.Incomplete, "RabbitMQ does not run or does not answer on %s, so the list lacks quorum queues "+
		"and streams that were led there and have no new leader", strings.Join(stopped, ", ")).
		Next("rabbitctl list_queues --source api lists them")
}

// stoppedNodes returns the nodes of the cluster on which RabbitMQ does not run.
func stoppedNodes(ctx context.Context, n Node) ([]string, error) {
	all, err := ask(ctx, n, "rabbit_nodes", "list_members")
	if erldist.IsMissing(err) { // 3.10
		all, err = ask(ctx, n, "rabbit_nodes", "all")
	}
	if err != nil {
		return nil, err
	}
	running, err := RunningNodes(ctx, n)
	return slices.DeleteFunc(texts(all), func(name string) bool { return slices.Contains(running, name) }), err
}

// QueueParts says which queues are listed: Led means the queues whose leader is on a running node, Local only those on
// this node, and Down those whose node does not run.
type QueueParts struct{ Led, Local, Down bool }

// EmitQueues calls the function "each" with every queue of the virtual hosts and its items. With parts.Led every
// running node is asked for the queues that it leads, because a node does not know the counts of other queues. Only n
// is asked for the queues of parts.Local and parts.Down. The rows come as the nodes send them. A virtual host that does
// not exist has no queues.
func EmitQueues(ctx context.Context, n Node, parts QueueParts, vhosts, items []string, each func(Queue) error) error {
	names := erlang.List{erlang.Atom("name")}
	for _, i := range items {
		if i != "name" {
			names = append(names, erlang.Atom(i))
		}
	}
	rowsBy := func(function string) []erldist.Rows {
		var all []erldist.Rows
		for _, v := range vhosts {
			all = append(all, erldist.Rows{Module: "rabbit_amqqueue", Function: function,
				Args: func(ref erlang.Ref, to erlang.Pid) []erlang.Term {
					return []erlang.Term{erlang.Binary(v), names, ref, to}
				}})
		}
		return all
	}
	row := func(row erlang.Term) error {
		r, _ := ValueOf(row, "name").(erlang.Tuple)
		if len(r) != 4 {
			return fail.New(fail.Data, "a node lists a queue without a name: %s", erlang.Text(row))
		}
		return each(Queue{characters(r[1]), characters(r[3]), row})
	}
	var nodes []string
	var alone []erldist.Rows
	if parts.Led {
		var err error
		if nodes, err = RunningNodes(ctx, n); err != nil {
			return err
		}
	}
	if parts.Local {
		alone = rowsBy("emit_info_local")
	}
	if parts.Down {
		alone = append(alone, rowsBy("emit_info_down")...)
	}
	return n.Everywhere(ctx, nodes, rowsBy("emit_info_local"), alone, row)
}

// QueueNode returns the node of a queue, or of its leader. It returns "" if the row does not contain the node.
func QueueNode(row erlang.Term) string {
	if leader, _ := ValueOf(row, "leader").(erlang.Atom); leader != "" && leader != "undefined" {
		return string(leader)
	}
	switch pid := ValueOf(row, "pid").(type) {
	case erlang.Pid:
		return string(pid.Node)
	case erlang.Tuple: // {Name,Node}: the process that leads a quorum queue
		if len(pid) == 2 {
			return erlang.Cell(pid[1])
		}
	}
	return ""
}

// QueueType returns the type of a queue. For a queue that is down, t is the module of the type, such as
// rabbit_classic_queue.
func QueueType(t erlang.Term) string {
	return strings.TrimSuffix(strings.TrimPrefix(characters(t), "rabbit_"), "_queue")
}
