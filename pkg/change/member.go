package change

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// ErrLastMember is the cause of an error about a queue that would have no member left. Brokers refuse to remove the
// last member, so rabbitctl does not send that request.
var ErrLastMember = errors.New("the last node cannot be removed")

// OtherType is the cause of an error about a queue whose type the command cannot handle.
type OtherType struct{ Name, Type string }

func (o *OtherType) Error() string { return "the type of queue " + o.Name + " is " + o.Type }

// member is the member that a change adds to a quorum queue or removes from it, given by the queue and the node.
// membership is the value of --membership; "" leaves the choice to the broker.
type member struct{ queue, node, membership string }

func quorumNames(ctx context.Context, c *broker.Client, vhost string) ([]string, error) {
	all, err := quorumQueues(ctx, c, vhost, func(replicated) bool { return true })
	var names []string
	for _, q := range all {
		names = append(names, q.name)
	}
	return names, err
}

func (m *member) params() []Param {
	return []Param{Arg("queue", &m.queue, quorumNames),
		{Name: "node", Free: true, Names: runningNames, Set: textInto(&m.node)}}
}

// membershipFlag returns the option that sets whether a new member votes.
func membershipFlag(into *string) Param {
	words := []string{"promotable", "non_voter", "voter"}
	return Param{Name: "membership", Help: "whether the member votes; a promotable member, the default, votes once it " +
		"has caught up; non_voter and voter need 3.13 or later",
		Role: Option, Free: true, Words: words, Set: func(text string) error {
			if !slices.Contains(words, text) {
				return fail.Usagef("%q is not one of %s", text, strings.Join(words, ", "))
			}
			*into = text
			return nil
		}}
}

// members returns the nodes that have a member of the queue. For a queue of another type than quorum, the error has the
// cause OtherType.
func (m *member) members(ctx context.Context, at Site, way raft) ([]string, error) {
	kind, members, err := way.place(ctx, at.VHost, m.queue)
	switch {
	case err != nil:
		return nil, err
	case kind != "quorum":
		e := fail.New(fail.Data, "the members of queue %s cannot be changed: its type is %s", m.queue, kind)
		if kind == "stream" {
			e = e.Next("for a stream: rabbitctl add_replica and delete_replica, over Erlang distribution")
		}
		e.Err = &OtherType{m.queue, kind}
		return nil, e
	}
	return members, nil
}

func (m *member) title(at Site) string {
	return fmt.Sprintf("of queue %s in virtual host %s on node %s", m.queue, at.VHost, m.node)
}

// seen returns a function that checks the result of a change: if wanted is true, the node must have a member of the
// queue; if wanted is false, it must have none.
func (m *member) seen(at Site, way raft, wanted bool) func(context.Context, Outcome) (Outcome, error) {
	return func(ctx context.Context, o Outcome) (Outcome, error) {
		members, err := m.members(ctx, at, way)
		switch {
		case err != nil:
			return o, fail.New(fail.KindOf(err), "the broker accepted the request, but the members of queue %s cannot be "+
				"read: %w", m.queue, err)
		case slices.Contains(members, m.node) != wanted:
			is := "has no"
			if !wanted {
				is = "still has a"
			}
			return o, fail.New(fail.Incomplete, "the broker accepted the request, but queue %s %s member on node %s: its "+
				"members are on %s", m.queue, is, m.node, strings.Join(members, ", ")).
				Next("%s shows the members; did somebody else change them in the meantime?",
					fail.Command("quorum_status", "-p", at.VHost, m.queue))
		}
		o.Facts = memberFields(members)
		return o, nil
	}
}

func memberFields(members []string) record.Document {
	return record.Document{record.Fields("", record.Field{Column: record.Column{Name: "members", Kind: record.List},
		Value: record.Of(members)})}
}

// AddMember adds a member of a quorum queue on a node. rabbitctl changes nothing if the node has one already.
func AddMember() Op {
	m := &member{}
	return Op{
		Name: "add_member", Noun: "queue", NamesNodes: true, Scoped: true, Compares: true, OrErlang: true,
		Params: append(m.params(), membershipFlag(&m.membership)),
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			action := "add a member " + m.title(at)
			if at.Official && at.Erlang != nil {
				return Once(action, "added", func(ctx context.Context) error {
					return onNode{Site: at}.add(ctx, at.VHost, m.queue, m.node, m.membership)
				}), nil
			}
			way, err := at.raft(ctx, m.membership)
			if err != nil {
				return nil, err
			}
			members, err := m.members(ctx, at, way)
			switch {
			case err != nil:
				return nil, err
			case slices.Contains(members, m.node):
				return Finished("unchanged"), nil
			}
			plan := Once(action, "added", func(ctx context.Context) error {
				return way.add(ctx, at.VHost, m.queue, m.node, m.membership)
			}).Seen(m.seen(at, way, true))
			plan.Node = byNode(way)
			if at.Official {
				return plan, nil
			}
			_, running, err := way.nodes(ctx)
			if err != nil {
				return nil, err
			}
			plan.Hits = memberFields(members)
			return plan, missingNode(m.node, running)
		},
	}
}

// DeleteMember removes the member of a quorum queue on a node. The last member of a queue is not removed.
func DeleteMember() Op {
	m := &member{}
	params := m.params()
	params[1].Names = nodeNames
	return Op{
		Name: "delete_member", Noun: "member", NamesNodes: true, Scoped: true, Loses: true, Removes: true,
		Params: params, OrErlang: true,
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			action := "delete the member " + m.title(at)
			if at.Official && at.Erlang != nil {
				return Once(action, "deleted", func(ctx context.Context) error {
					return onNode{Site: at}.remove(ctx, at.VHost, m.queue, m.node)
				}), nil
			}
			way, err := at.raft(ctx, "")
			if err != nil {
				return nil, err
			}
			members, err := m.members(ctx, at, way)
			switch has := slices.Contains(members, m.node); {
			case err != nil:
				return nil, err
			case !has && at.Official:
				return Finished("absent"), nil
			case !has:
				return nil, &Missing{What: "member", Name: "of queue " + m.queue + " on node " + m.node, VHost: at.VHost,
					Hint: fail.Say("%s shows the members", fail.Command("quorum_status", "-p", at.VHost, m.queue))}
			case len(members) == 1:
				e := fail.New(fail.Unavailable, "node %[2]s has the only member of queue %[1]s, and the last member "+
					"cannot be removed", m.queue, m.node).
					Next("%s deletes the queue", fail.Command("delete_queue", "-p", at.VHost, m.queue))
				e.Err = ErrLastMember
				return nil, e
			}
			plan := Once(action, "deleted", func(ctx context.Context) error {
				return way.remove(ctx, at.VHost, m.queue, m.node)
			}).Seen(m.seen(at, way, false))
			plan.Node, plan.Hits = byNode(way), memberFields(members)
			if left := len(members) - 1; left < 3 {
				plan.Notes = []string{fmt.Sprintf("with only %s left, queue %s stops whenever a node with a voting member "+
					"is down", prose.Plural(left, "member", "members"), m.queue)}
			}
			return plan, nil
		},
	}
}

// replicated is a quorum queue and the nodes that have a member of it.
type replicated struct {
	vhost, name string
	members     []string
}

// quorumQueues lists the quorum queues for which wanted is true, in the order of the API; vhost "" means all virtual
// hosts. It reads the listing of queues.Totals, because the members in that listing are up to date.
func quorumQueues(ctx context.Context, c *broker.Client, vhost string,
	wanted func(replicated) bool) ([]replicated, error) {
	type listed struct {
		replicated
		kind string
	}
	reader := record.NewReader(func(b *record.Binder, q *listed) {
		b.Text("vhost", &q.vhost)
		b.Text("name", &q.name)
		b.Text("type", &q.kind)
		b.Texts("members", &q.members)
	})
	var all []replicated
	for q, err := range reader.All(queues.Totals(ctx, c, vhost, reader.Columns())) {
		if err != nil {
			return nil, err
		}
		if q.kind == "quorum" && wanted(q.replicated) {
			all = append(all, q.replicated)
		}
	}
	return all, nil
}
