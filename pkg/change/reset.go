package change

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Running is the cause of an error: RabbitMQ runs on a node, and has to be stopped there first.
type Running struct{ Node string }

func (r *Running) Error() string {
	return "RabbitMQ runs on node " + r.Node + ", and has to be stopped first"
}

// stopped returns an error if RabbitMQ runs on the node.
func (s Site) stopped(ctx context.Context) error {
	up, err := s.isRunning(ctx)
	if err != nil || !up {
		return err
	}
	node, err := s.Erlang.Node(ctx)
	if err != nil {
		return err
	}
	return fail.New(fail.Unavailable, "%w", &Running{node}).Do(fail.StopApp)
}

// function is the module and the name of an Erlang function. The same function can be in different modules in different
// releases.
type function struct{ module, name string }

// firstOf calls the first of the given functions that the node's release has.
func (s Site) firstOf(ctx context.Context, what string, all []function, args ...erlang.Term) error {
	t, err := s.firstValue(ctx, what, all, args...)
	if err != nil {
		return err
	}
	return refusedBy(all[0].module+":"+all[0].name, t)
}

// firstValue is like firstOf, for a function that returns a value.
func (s Site) firstValue(ctx context.Context, what string, all []function,
	args ...erlang.Term) (t erlang.Term, err error) {
	for _, f := range all {
		if t, err = s.Erlang.Change(ctx, what, call(f.module, f.name, args...)); !erldist.IsMissing(err) {
			return t, err
		}
	}
	return nil, err
}

// Reset makes a node leave its cluster, and deletes everything that is on the node.
func Reset() Op {
	return reset("reset", "make the node leave its cluster, if it is in one, and delete all its data")
}

// ForceReset is Reset without a request to the other nodes of the cluster. So they go on counting the node as a member.
func ForceReset() Op {
	return reset("force_reset", "delete all data, without telling the cluster,")
}

func reset(name, action string) Op {
	var typed string
	return Op{
		Name: name, Noun: "node", Erlang: true, Loses: true, Lasting: true,
		Params: []Param{Arg("node", &typed, nil).Own()},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			plan := Once(action, "reset", func(ctx context.Context) error {
				err := at.firstOf(ctx, action, []function{{"rabbit_db", name}, {"rabbit_mnesia", name}})
				if r := inside.RefusedBy(err); r != nil && !at.Official && strings.Contains(r.Error(), "with Khepri") {
					return fail.New(fail.Unavailable, "%w", r).Next("rabbitctl reset %s deletes all data of the node, too, "+
						"but tells the cluster first", fail.Word(typed))
				}
				return err
			})
			if at.Official {
				return plan, nil
			}
			if err := at.isNamed(ctx, typed); err != nil {
				return nil, err
			}
			if err := at.stopped(ctx); err != nil {
				return nil, err
			}
			others, err := at.otherMembers(ctx)
			if err != nil {
				return nil, err
			}
			lost(plan, name, others)
			if name == "reset" {
				plan.Seen(at.hasLeft(others))
			}
			return plan, nil
		},
	}
}

// hasLeft returns a check that the node is in no cluster any more. The check asks the node itself, and those of the
// other nodes that answer.
func (s Site) hasLeft(others []string) func(context.Context, Outcome) (Outcome, error) {
	return func(ctx context.Context, o Outcome) (Outcome, error) {
		node, err := s.Erlang.Node(ctx)
		if err != nil {
			return o, err
		}
		left, err := s.otherMembers(ctx)
		if err != nil {
			return o, fail.New(fail.KindOf(err), "the node answered ok, but which cluster it is in cannot be read: %w", err)
		}
		if len(left) > 0 {
			return o, fail.New(fail.Unavailable, "the node answered ok, but is still in a cluster with %s",
				strings.Join(left, ", ")).Next("look in the node's log")
		}
		for _, other := range others {
			members, err := s.membersFor(ctx, other)
			if err == nil && slices.Contains(members, node) {
				return o, fail.New(fail.Incomplete, "node %s is reset, but node %s still counts it as a member", node, other).
					Next("rabbitctl forget_cluster_node %s --node %s", fail.Word(node), fail.Word(other))
			}
		}
		return o, nil
	}
}

// isNamed refuses a node that the command line does not name. The node that loses its data must not come from a
// default, a variable or a context.
func (s Site) isNamed(ctx context.Context, typed string) error {
	node, err := s.Erlang.Node(ctx)
	if err != nil || node == typed {
		return err
	}
	return fail.Usagef("the node that answers is %s, but the command line names %s", node, typed).
		Next("type %s in the command if you mean that node; otherwise reach the other node with --node NAME@HOST",
			fail.Word(node))
}

// lost adds to a plan what the change destroys.
func lost(plan *Plan, name string, others []string) {
	plan.Dangers = []string{"a reset deletes all messages, queues, exchanges, users and policies that exist only " +
		"on this node, and nothing brings them back"}
	switch {
	case others == nil:
		plan.Dangers = append(plan.Dangers, "while RabbitMQ is stopped, the node does not report which cluster it is in")
		return
	case len(others) == 0:
		plan.Dangers = append(plan.Dangers, "the node is in no cluster, so no other node has a copy of its data")
		return
	case name == "force_reset":
		plan.Dangers = append(plan.Dangers, "the other nodes go on counting this node as a member: "+
			"forget_cluster_node on one of them")
	}
	hits := record.Section{Name: "leaves the cluster of", Columns: record.Named("leaves_cluster_of")}
	for _, o := range others {
		hits.Rows = append(hits.Rows, record.Row{record.Of(o)})
	}
	plan.Hits = record.Document{hits}
}

// ForceBoot makes a node's next start not wait for the nodes that ran when the node stopped.
func ForceBoot() Op {
	return Op{
		Name: "force_boot", Noun: "node", Erlang: true, Loses: true,
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			const action = "start next time without waiting for the other nodes"
			plan := Once(action, "changed", func(ctx context.Context) error {
				err := at.firstOf(ctx, action, []function{{"rabbit_db", "force_load_on_next_boot"},
					{"rabbit_mnesia", "force_load_next_boot"}})
				var r *inside.Refused
				if !errors.As(err, &r) || r.Reason != erlang.Atom("unsupported_with_khepri") {
					return err
				}
				return at.bootsWithOthers(ctx, r)
			})
			if at.Official {
				return plan, nil
			}
			if err := at.stopped(ctx); err != nil {
				return nil, err
			}
			// With Khepri, the call does nothing, and 3.13.0 to 4.0.4 answer ok all the same, by RabbitMQ's source.
			switch khepri, err := inside.HasKhepri(ctx, at.Erlang); {
			case err != nil:
				return nil, err
			case khepri:
				return nil, at.bootsWithOthers(ctx, nil)
			}
			plan.Dangers = []string{"changes that the other nodes made after this node stopped are lost"}
			return plan, nil
		},
	}
}

// bootsWithOthers returns the error for a node with Khepri, which cannot be forced to boot. refused is the answer of
// the node; nil if rabbitctl did not send the request.
func (s Site) bootsWithOthers(ctx context.Context, refused *inside.Refused) error {
	const what = "nothing was changed: a node that keeps its metadata in Khepri cannot be forced to boot"
	e := fail.New(fail.Unavailable, what)
	if refused != nil {
		e = fail.New(fail.Unavailable, "%s: %w", what, refused)
	}
	e = e.Next("start the other nodes: this node can start when a majority of the cluster's nodes run")
	if node, err := s.Erlang.Node(ctx); err == nil {
		// With these two commands, a node of 4.3.6 starts at once. This also works if the whole Erlang node was stopped
		// before, and not only RabbitMQ.
		e = e.Say("if the other nodes are lost for good: rabbitctl start_app --node %[1]s, and while start_app waits "+
			"for them, in a second terminal: rabbitctl force_standalone_khepri_boot %[1]s --node %[1]s", fail.Word(node))
	}
	return e
}
