package change

import (
	"context"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
)

// raft reads and changes the members of quorum queues. It does so by the API, or, if the release's API cannot change
// members, on a node over Erlang distribution.
type raft interface {
	// nodes returns the nodes of the cluster, and those of them that run.
	nodes(ctx context.Context) (all, running []string, err error)
	// place returns the type of a queue and the nodes that have a member of it. If the queue does not exist, the error is
	// a Missing.
	place(ctx context.Context, vhost, queue string) (kind string, members []string, err error)
	// queues returns the quorum queues of all virtual hosts for which wanted is true.
	queues(ctx context.Context, wanted func(replicated) bool) ([]replicated, error)
	add(ctx context.Context, vhost, queue, node, membership string) error
	remove(ctx context.Context, vhost, queue, node string) error
	// names reports whether this way can address a queue with this name in this virtual host.
	names(vhost, queue string) bool
}

// raft returns the way to change members: the API, or a node if the API of the broker's release cannot change members.
// It refuses a membership that the release does not have: the API of 3.11 and 3.12 ignores it, and adds a voter.
func (s Site) raft(ctx context.Context, membership string) (way raft, err error) {
	if s.Official {
		return overHTTP{s}, nil // if the API cannot change members, the plan is one Erlang call
	}
	overview, err := s.Broker.Overview(ctx)
	if err != nil {
		return nil, err
	}
	version := overview.At("rabbitmq_version").Text()
	if beyondDefault(membership) && !since(version, 3, 13) {
		return nil, noMemberships(membership)
	}
	if broker.ChangesMembers(version) {
		return overHTTP{s}, nil
	}
	node, err := s.Erlang.Node(ctx)
	if err != nil {
		e := fail.New(fail.KindOf(err), "the management API of RabbitMQ %s does not change members of quorum queues, and its "+
			"node cannot be asked over Erlang distribution: %w", version, err)
		e.Hint = fail.HintOf(err)
		return nil, e
	}
	return onNode{s, node}, nil
}

// beyondDefault reports whether a membership is given that is not promotable, the default of brokers. For a release
// without memberships, rabbitctl accepts only the default.
func beyondDefault(membership string) bool { return membership != "" && membership != "promotable" }

func noMemberships(membership string) error {
	return fail.Usagef("releases before 3.13 have no memberships, so --membership %s cannot be used", membership)
}

// byNode returns the name of the node that makes the change; "" if the API makes it.
func byNode(way raft) string {
	if n, ok := way.(onNode); ok {
		return n.name
	}
	return ""
}

type overHTTP struct{ Site }

func (h overHTTP) nodes(ctx context.Context) (all, running []string, err error) {
	return clusterNodes(ctx, h.Broker)
}

func (h overHTTP) place(ctx context.Context, vhost, name string) (string, []string, error) {
	queue, err := h.Broker.QueueWithoutStats(ctx, vhost, name)
	if broker.IsNotFound(err) {
		err = &Missing{What: "queue", Name: name, VHost: vhost, Err: err}
	}
	return queue.At("type").Text(), queue.At("members").Texts(), err
}

func (h overHTTP) queues(ctx context.Context, wanted func(replicated) bool) ([]replicated, error) {
	return quorumQueues(ctx, h.Broker, "", wanted)
}

func (h overHTTP) add(ctx context.Context, vhost, queue, node, membership string) error {
	return h.Broker.AddMember(ctx, vhost, queue, node, membership)
}

func (h overHTTP) remove(ctx context.Context, vhost, queue, node string) error {
	return h.Broker.DeleteMember(ctx, vhost, queue, node)
}

func (h overHTTP) names(vhost, queue string) bool {
	return broker.Addressable(vhost) && broker.Addressable(queue)
}

// onNode changes members on a node of a release whose API cannot change them. In such a release all members have the
// same membership, so the user cannot choose one.
type onNode struct {
	Site
	name string
}

func (n onNode) nodes(ctx context.Context) (all, running []string, err error) {
	if all, err = n.members(ctx); err == nil {
		running, err = inside.RunningNodes(ctx, n.Erlang)
	}
	return all, running, err
}

func (n onNode) place(ctx context.Context, vhost, name string) (string, []string, error) {
	p, err := inside.QueuePlace(ctx, n.Erlang, vhost, name)
	if err != nil {
		return "", nil, err
	}
	if p == nil {
		n.VHost = vhost
		return "", nil, n.noQueue(ctx, name, "")
	}
	return p.Type, p.Members, nil
}

func (n onNode) queues(ctx context.Context, wanted func(replicated) bool) ([]replicated, error) {
	all, err := inside.PlacesOf(ctx, n.Erlang, "quorum")
	var chosen []replicated
	for _, p := range all {
		if q := (replicated{p.VHost, p.Name, p.Members}); wanted(q) {
			chosen = append(chosen, q)
		}
	}
	return chosen, err
}

// memberTime is how long a node waits for a queue to change its members, in milliseconds.
const memberTime = 30_000

func (n onNode) add(ctx context.Context, vhost, queue, node, membership string) error {
	if beyondDefault(membership) {
		return noMemberships(membership)
	}
	err := n.do(ctx, "add a member of queue "+queue+" on node "+node, "rabbit_quorum_queue", "add_member",
		append(binaries(vhost, queue), erlang.Atom(node), erlang.Int(memberTime))...)
	if strings.Contains(refusal(err), "already_started") && !n.Official {
		// After a node has restarted, 3.10.8 does not end the process of a member that was deleted there. That process
		// prevents a new member of the queue on the node. RabbitMQ's own tool fails in the same way.
		e := fail.New(fail.Unavailable, "node %s still runs an old member of queue %s, which was deleted earlier: no new "+
			"member was added", node, queue).
			Next("rabbitctl stop_app --node %[1]s, then rabbitctl start_app --node %[1]s, then the same command again",
				fail.Word(node))
		e.Err = err
		return e
	}
	return err
}

func (n onNode) remove(ctx context.Context, vhost, queue, node string) error {
	return n.do(ctx, "delete the member of queue "+queue+" on node "+node, "rabbit_quorum_queue", "delete_member",
		append(binaries(vhost, queue), erlang.Atom(node))...)
}

func (onNode) names(string, string) bool { return true }

// refusal returns the reason why a change of members was refused, as one word if it is an Erlang atom; "" for any other
// error.
func refusal(err error) string {
	if r := inside.RefusedBy(err); r != nil {
		return erlang.Text(r.Reason)
	}
	return broker.ReasonOf(err)
}
