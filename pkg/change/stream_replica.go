package change

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
)

// replica names the member of a stream on a node.
type replica struct{ stream, node string }

func (r *replica) params() []Param {
	return []Param{{Name: "stream", Free: true, Names: StreamNames, Set: textInto(&r.stream)},
		{Name: "node", Free: true, Names: runningNames, Set: textInto(&r.node)}}
}

func (r *replica) title(at Site) string {
	return fmt.Sprintf("of stream %s in virtual host %s on node %s", r.stream, at.VHost, r.node)
}

// send sends the change of the replica to the connected node.
func (r *replica) send(ctx context.Context, at Site, what, function string) error {
	return at.do(ctx, what, "rabbit_stream_queue", function, erlang.Binary(at.VHost), erlang.Binary(r.stream),
		erlang.Atom(r.node))
}

// AddReplica adds a member of a stream on a node.
func AddReplica() Op {
	r := &replica{}
	return Op{
		Name: "add_replica", Noun: "stream", NamesNodes: true, Scoped: true, Erlang: true, Compares: true, Params: r.params(),
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			action := "add a replica " + r.title(at)
			plan := Once(action, "added", func(ctx context.Context) error {
				return r.added(r.send(ctx, at, action, "add_replica"))
			})
			if at.Official {
				return plan, nil
			}
			p, err := at.place(ctx, r.stream, "stream")
			switch {
			case err != nil:
				return nil, err
			case slices.Contains(p.Members, r.node):
				return Finished("unchanged"), nil
			}
			if err := at.runs(ctx, r.node); err != nil {
				return nil, err
			}
			plan.Hits = placeFields(p)
			return plan.Seen(r.seen(at, true)), nil
		},
	}
}

// added explains an error that occurred while a replica was added. Just after the deletion of a replica, the
// coordinator is still busy with it, and a new replica fails (4.3.6: noproc, shutdown).
func (r *replica) added(err error) error {
	var f *erldist.Failed
	if errors.As(err, &f) && (strings.Contains(erlang.Text(f.Reason), "noproc") ||
		strings.Contains(erlang.Text(f.Reason), "shutdown")) {
		return fail.New(fail.Unavailable, "the node cannot add a replica of stream %s now: %w", r.stream, err).
			Next("run the same command again in some seconds: the stream may be about to change its members")
	}
	return err
}

// DeleteReplica removes the member of a stream on a node.
func DeleteReplica() Op {
	r := &replica{}
	params := r.params()
	params[1].Names = nodeNames
	return Op{
		Name: "delete_replica", Noun: "replica", NamesNodes: true, Scoped: true, Erlang: true, Loses: true, Removes: true,
		Params: params,
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			action := "delete the replica " + r.title(at)
			plan := Once(action, "deleted", func(ctx context.Context) error {
				return r.taken(ctx, at, action)
			})
			if at.Official {
				return plan, nil
			}
			p, err := at.place(ctx, r.stream, "stream")
			switch {
			case err != nil:
				return nil, err
			case !slices.Contains(p.Members, r.node):
				e := fail.New(fail.NotFound, "stream %s in virtual host %s has no replica on node %s", r.stream, at.VHost,
					r.node).Next("%s shows its replicas", fail.Command("stream_status", "-p", at.VHost, r.stream))
				e.Err = &Missing{What: "replica", Name: "of stream " + r.stream + " on node " + r.node, VHost: at.VHost}
				return nil, e
			case len(p.Members) == 1:
				e := fail.New(fail.Unavailable, "node %s has the only replica of stream %s, and the only replica cannot be deleted", r.node,
					r.stream).Next("%s deletes the stream", fail.Command("delete_queue", "-p", at.VHost, r.stream))
				e.Err = ErrLastMember
				return nil, e
			}
			plan.Hits = placeFields(p)
			plan.Notes = leftNotes(p, r.node)
			return plan.Seen(r.seen(at, false)), at.awayNote(ctx, plan, r.node)
		},
	}
}

// taken removes the replica. Before 4.0 a node refuses this if the replica's node does not run, even if that node is
// dead for good. The stream coordinator does not refuse it (3.10.8), so taken then asks the coordinator. For an
// official tool, taken reports the refusal.
func (r *replica) taken(ctx context.Context, at Site, action string) error {
	err := r.send(ctx, at, action, "delete_replica")
	refused := inside.RefusedBy(err)
	if at.Official || refused == nil || refused.Reason != erlang.Atom("node_not_running") {
		return err
	}
	if err := at.isMember(ctx, r.node); err != nil {
		return err
	}
	id, unknown := inside.StreamID(ctx, at.Erlang, at.VHost, r.stream)
	if unknown != nil {
		return unknown
	}
	answer, err := at.Erlang.Change(ctx, action, call("rabbit_stream_coordinator", "delete_replica", id,
		erlang.Atom(r.node)))
	if err != nil {
		return err
	}
	// The coordinator answers {ok,Reply,Coordinator}.
	if t, _ := answer.(erlang.Tuple); len(t) == 3 && t[0] == erlang.Atom("ok") {
		answer = t[1]
	}
	return refusedBy("rabbit_stream_coordinator:delete_replica", answer)
}

// awayNote adds a note to a plan if the replica's node does not run.
func (s Site) awayNote(ctx context.Context, plan *Plan, node string) error {
	running, err := inside.RunningNodes(ctx, s.Erlang)
	if err == nil && !slices.Contains(running, node) {
		plan.Notes = append(plan.Notes, "node "+node+" does not run: a deleted replica stays on its disk "+
			"until the node runs again")
	}
	return err
}

// leftNotes returns notes about the effects on a stream when its member on a node is removed.
func leftNotes(p *inside.Location, node string) []string {
	var notes []string
	if left := len(p.Members) - 1; left < 3 {
		notes = append(notes, fmt.Sprintf("replicas left: %d; nothing can be published to stream %s unless every node with "+
			"a replica runs", left, p.Name))
	}
	if p.Leader == node {
		notes = append(notes, "this replica is the leader: another leader is elected, and publishers and consumers "+
			"wait meanwhile")
	}
	return notes
}

// seen returns a function that checks the result of a change. It waits until the stream has a member on the node or, if
// wanted is false, until it has none there.
func (r *replica) seen(at Site, wanted bool) func(context.Context, Outcome) (Outcome, error) {
	return func(ctx context.Context, o Outcome) (Outcome, error) {
		p, err := at.watch(ctx, r.stream, "stream", "the replica to be seen", func(p *inside.Location) bool {
			return slices.Contains(p.Members, r.node) == wanted
		})
		switch {
		case err != nil:
			return o, err
		case slices.Contains(p.Members, r.node) != wanted:
			return o, fail.New(fail.Incomplete, "stream %s has replicas on %s, although the node answered ok", r.stream,
				strings.Join(p.Members, ", ")).Next("rabbitctl coordinator_status shows whether the coordinator, " +
				"which changes replicas, works")
		}
		o.Facts = placeFields(p)
		return o, nil
	}
}
