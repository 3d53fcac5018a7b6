package change

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// StillRuns is the cause of an error: RabbitMQ still runs on a node, and has to be stopped before the node is removed.
type StillRuns struct{ Node string }

func (s *StillRuns) Error() string { return "RabbitMQ runs on node " + s.Node }

// Unshrunk is the cause of an error: queues kept a member on a node that was removed. The field Of has the parts of the
// removal that failed, in the words of the official tool.
type Unshrunk struct {
	Node string
	Of   []string
	// Queues has a row for each queue that kept a member: virtual host, name and reason. If a part of the removal failed
	// as a whole, there is a row for the part: without a virtual host, and with the name of the part in place of the
	// queue.
	Queues []record.Row
	// wholes are the parts that failed as a whole, so that it is not known which queues kept a member.
	wholes []string
	// silent is the number of queues for whose member no error was reported. Such a member may only need more time.
	silent int
}

func (u *Unshrunk) Error() string {
	var refused, left []string
	if n := len(u.Queues) - len(u.wholes) - u.silent; n > 0 {
		refused = []string{prose.Plural(n, "queue member", "queue members")}
	}
	if refused = append(refused, u.wholes...); len(refused) > 0 {
		left = []string{strings.Join(refused, " and ") + " on it could not be removed"}
	}
	if u.silent > 0 {
		left = append(left, prose.Plural(u.silent, "queue member is still on it", "queue members are still on it"))
	}
	return fmt.Sprintf("node %s is removed, but %s", u.Node, strings.Join(left, ", and "))
}

// next returns the next step. The argument node is the node that made the removal.
func (u *Unshrunk) next(node string) (next fail.Advice) {
	coordinator := slices.Contains(u.wholes, coordinatorMember)
	if len(u.Queues) > 1 || !coordinator {
		next = next.Say("rabbitctl list_queues vhost name type members shows which members stay; delete_member -p VHOST QUEUE %[1]s "+
			"removes that of a quorum queue, delete_replica -p VHOST STREAM %[1]s that of a stream; if it is the only "+
			"member of its queue (last_node), delete the queue: delete_queue -p VHOST QUEUE; removing the node again does "+
			"not help", fail.Word(u.Node))
	}
	if coordinator {
		// By RabbitMQ's source (4.3.5), the coordinator's leader looks for such members again and again.
		next = next.Say("the stream coordinator itself removes its members on nodes that have left the cluster: rabbitctl "+
			"coordinator_status --node %s shows whether it still has a member on node %s", fail.Word(node), u.Node)
	}
	return next
}

// forgetting is the removal of a node.
type forgetting struct{ name string }

// ForgetClusterNode removes a node from the cluster, and the members of queues that are on it.
func ForgetClusterNode() Op {
	f := &forgetting{}
	return Op{
		Name: "forget_cluster_node", Noun: "node", NamesNodes: true, Erlang: true, Loses: true, Removes: true, Lasting: true,
		Params: []Param{Arg("existing_cluster_member_node", &f.name, nodeNames), Switch("offline", "", new(bool)).Official()},
		Plan:   f.plan,
	}
}

func (f *forgetting) plan(ctx context.Context, at Site) (*Plan, error) {
	plan := Once("remove node "+f.name+" from the cluster", "removed",
		func(ctx context.Context) error { return f.do(ctx, at) })
	if at.Official {
		return plan, nil
	}
	node, err := at.Erlang.Node(ctx)
	if err != nil {
		return nil, err
	}
	if node == f.name {
		return nil, fail.Usagef("node %s cannot remove itself: --node has to name another node of the cluster", node)
	}
	if err := at.running(ctx); err != nil {
		return nil, err
	}
	if err := at.isMember(ctx, f.name); err != nil {
		return nil, err
	}
	if err := f.isDown(ctx, at); err != nil {
		return nil, err
	}
	plan.Steps[0].Do = f.reporting(at, node)
	f.told(ctx, at, plan)
	return plan.Seen(f.seen(at)), nil
}

// isDown refuses a node on which RabbitMQ runs.
func (f *forgetting) isDown(ctx context.Context, at Site) error {
	running, err := inside.RunningNodes(ctx, at.Erlang)
	if err != nil || !slices.Contains(running, f.name) {
		return err
	}
	return f.stillRuns()
}

func (f *forgetting) stillRuns() error {
	return fail.New(fail.Unavailable, "%w, and has to be stopped before the node is removed", &StillRuns{f.name}).
		Next("rabbitctl stop_app --node %s", fail.Word(f.name))
}

// told adds to the plan which queues have a member on the node, and which of them are lost.
func (f *forgetting) told(ctx context.Context, at Site, plan *Plan) {
	section := record.Section{Name: "queues", Columns: record.Named("vhost", "name", "type", "then")}
	all, err := allPlaces(ctx, at.Erlang)
	if err != nil {
		plan.Notes = append(plan.Notes, "it is not known which queues have a member on the node: "+fail.InWords(err).Error())
	}
	lost := 0
	for _, q := range all {
		then := ""
		switch {
		case slices.Contains(q.Members, f.name) && len(q.Members) > 1:
			then = prose.Plural(len(q.Members)-1, "member", "members")
		case slices.Contains(q.Members, f.name), q.Leader == f.name && len(q.Members) == 0:
			then, lost = "lost", lost+1
		default:
			continue
		}
		section.Rows = append(section.Rows, record.Row{record.Of(q.VHost), record.Of(q.Name), record.Of(q.Type),
			record.Of(then)})
	}
	plan.Hits = record.Document{section}
	if lost > 0 {
		plan.Dangers = append(plan.Dangers, prose.Plural(lost, "queue is", "queues are")+
			" on no other node: what is in them is lost")
	}
	plan.Dangers = append(plan.Dangers, "the node can come back only after a reset, without its data; since 4.3 the "+
		"removal resets it if the node can be reached")
}

// allPlaces returns where all queues are, in the order of virtual host and name.
func allPlaces(ctx context.Context, n inside.Node) ([]inside.Location, error) {
	vhosts, err := inside.VHosts(ctx, n)
	if err != nil {
		return nil, err
	}
	var all []inside.Location
	for _, v := range vhosts {
		places, err := inside.Places(ctx, n, v)
		if err != nil {
			return nil, err
		}
		all = append(all, places...)
	}
	slices.SortFunc(all, func(a, b inside.Location) int {
		return cmp.Or(cmp.Compare(a.VHost, b.VHost), cmp.Compare(a.Name, b.Name))
	})
	return all, nil
}

// do removes the node and the members on it, in the order of the official tool: from 4.3 on the members first. When a
// member cannot be removed, the node is removed anyway.
func (f *forgetting) do(ctx context.Context, at Site) error {
	newer, err := at.since4(ctx, 3)
	if err != nil {
		return err
	}
	action := "remove node " + f.name
	name := erlang.Atom(f.name)
	remove := func() error {
		return f.worded(at.firstOf(ctx, action, []function{{"rabbit_db_cluster", "forget_member"},
			{"rabbit_mnesia", "forget_cluster_node"}}, name, erlang.Atom("false")))
	}
	if !newer {
		if err := remove(); err != nil {
			return err
		}
		return f.shrink(ctx, at, action)
	}
	if up, err := at.askOf(ctx, f.name, "rabbit", "is_running"); err == nil && up == erlang.Atom("true") {
		return f.stillRuns()
	}
	shrunk := f.shrink(ctx, at, action)
	if shrunk != nil && !isUnshrunk(shrunk) {
		return shrunk
	}
	if err := remove(); err != nil {
		return err
	}
	return shrunk
}

func isUnshrunk(err error) bool {
	var u *Unshrunk
	return errors.As(err, &u)
}

// worded turns two refusals of the node into typed errors: Missing and StillRuns.
func (f *forgetting) worded(err error) error {
	refused := inside.RefusedBy(err)
	if refused == nil {
		return err
	}
	reason, _ := refused.Reason.(erlang.Tuple)
	if len(reason) < 2 {
		return err
	}
	why := reason[len(reason)-1]
	state, _ := why.(erlang.Tuple)
	switch {
	case reason[0] == erlang.Atom("not_a_cluster_node"):
		return &Missing{What: "node", Name: f.name, Names: nodeNames, Err: err}
	case reason[0] == erlang.Atom("failed_to_remove_node") && (why == erlang.Atom("rabbit_still_running") ||
		len(state) > 0 && state[0] == erlang.Atom("active")):
		return f.stillRuns()
	}
	return err
}

// shrink removes the members of queues on the node. 3.10 has the call for quorum queues only.
func (f *forgetting) shrink(ctx context.Context, at Site, action string) error {
	name := erlang.Atom(f.name)
	u := &Unshrunk{Node: f.name}
	for _, part := range []shrunkPart{
		{"Quorum queues", "the members of quorum queues", call("rabbit_quorum_queue", "shrink_all", name)},
		{"Streams", "the members of streams", call("rabbit_stream_queue", "delete_all_replicas", name)},
		{"Stream coordinator", coordinatorMember,
			call("rabbit_stream_coordinator", "forget_node", name)},
	} {
		t, err := at.Erlang.Change(ctx, action, part.call)
		switch {
		case erldist.IsMissing(err):
			continue
		case err != nil:
			if _, failed := failedOf(err); !failed {
				return err
			}
			u.whole(part, fail.InWords(err).Error())
		default:
			u.results(part, t)
		}
	}
	if len(u.Queues) == 0 {
		return nil
	}
	return fail.New(fail.Incomplete, "%w", u)
}

const coordinatorMember = "the member of the stream coordinator"

// shrunkPart is a part of the removal: its name in the official tool, what it removes, and the call.
type shrunkPart struct {
	of, what string
	call     erldist.Call
}

func unshrunkColumns() []record.Column { return record.Named("vhost", "queue", "error") }

func (u *Unshrunk) whole(part shrunkPart, why string) {
	u.wholes = append(u.wholes, part.what)
	u.add(part.of, "", part.of, why)
}

func (u *Unshrunk) add(of, vhost, name, why string) {
	if !slices.Contains(u.Of, of) {
		u.Of = append(u.Of, of)
	}
	u.Queues = append(u.Queues, record.Row{record.Of(vhost), record.Of(name), record.Of(why)})
}

// results adds the queues that kept a member. The answer t is a list
// [{{resource,VHost,queue,Name},{ok,Members}|{error,Members,Why}}], or ok.
func (u *Unshrunk) results(part shrunkPart, t erlang.Term) {
	list, ok := t.(erlang.List)
	if !ok {
		if t != erlang.Atom("ok") {
			u.whole(part, erlang.Text(t))
		}
		return
	}
	for _, e := range list {
		pair, _ := e.(erlang.Tuple)
		if len(pair) != 2 {
			continue
		}
		r, _ := pair[0].(erlang.Tuple)
		result, _ := pair[1].(erlang.Tuple)
		if len(r) == 4 && len(result) > 1 && result[0] == erlang.Atom("error") {
			u.add(part.of, text(r[1]), text(r[3]), text(result[len(result)-1]))
		}
	}
}

// reporting returns the function that removes the node, and tells which queues kept a member on it. The argument node is
// the node that makes the removal.
func (f *forgetting) reporting(at Site, node string) func(context.Context) (Outcome, error) {
	return func(ctx context.Context) (Outcome, error) {
		err := f.do(ctx, at)
		o := Outcome{Word: "removed"}
		u := &Unshrunk{Node: f.name}
		if err != nil && !errors.As(err, &u) {
			return o, err
		}
		if err := f.staying(ctx, at, u); err != nil {
			o.Notes = append(o.Notes, "the queues could not be listed after the removal, so members that are "+
				"still on the node may not be reported: "+fail.InWords(err).Error())
		}
		if len(u.Queues) == 0 {
			return o, nil
		}
		o.Facts = record.Document{{Name: "members that stay", Columns: unshrunkColumns(), Rows: u.Queues}}
		o.Failed = fail.New(fail.Incomplete, "%w", u).Advise(u.next(node))
		return o, nil
	}
}

// staying adds the quorum queues and streams that have a member on the node, and for which the node reported no error:
// 4.3.6 leaves out of its answer a queue whose member it did not remove because the queue has no majority. A stream
// loses its member only a moment after the answer, so the function looks again until no member is left, or for some
// time.
func (f *forgetting) staying(ctx context.Context, at Site, u *Unshrunk) error {
	reported := u.Queues
	vhost, queue := record.IndexOf(unshrunkColumns(), "vhost"), record.IndexOf(unshrunkColumns(), "queue")
	_, err := at.Until(ctx, flagPatience, firstLook, mostLook, func() (bool, error) {
		all, err := allPlaces(ctx, at.Erlang)
		u.Queues, u.silent = reported[:len(reported):len(reported)], 0
		for _, q := range all {
			same := func(r record.Row) bool { return r[vhost].Text() == q.VHost && r[queue].Text() == q.Name }
			if slices.Contains(q.Members, f.name) && (q.Type == "quorum" || q.Type == "stream") &&
				!slices.ContainsFunc(reported, same) {
				u.Queues = append(u.Queues, record.Row{record.Of(q.VHost), record.Of(q.Name),
					record.Of("the node reports no error, but the member is still there")})
				u.silent++
			}
		}
		return len(u.Queues) == len(reported), err
	})
	return err
}

// seen returns the function that checks that the node is no longer a member of the cluster.
func (f *forgetting) seen(at Site) func(context.Context, Outcome) (Outcome, error) {
	return func(ctx context.Context, o Outcome) (Outcome, error) {
		members, err := at.members(ctx)
		if err != nil {
			return o, fail.New(fail.KindOf(err), "the node answered ok, but the members of the cluster cannot be read: %w", err)
		}
		if members == nil {
			return o, fail.New(fail.Unavailable, "the node answered ok, but does not report the members of the cluster").
				Next("rabbitctl list_nodes")
		}
		if slices.Contains(members, f.name) {
			node, err := at.Erlang.Node(ctx)
			if err != nil {
				return o, err
			}
			return o, fail.New(fail.Unavailable, "node %s answered ok, but the cluster still lists node %s", node, f.name).
				Next("look in the log of node %s", node)
		}
		o.Facts = append(o.Facts, membersSection(members))
		return o, nil
	}
}
