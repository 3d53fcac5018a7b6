package change

import (
	"context"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// GrowStreams adds a replica on a node to the streams that have none there.
func GrowStreams() Op {
	g := &growing{vhosts: ".*", names: ".*"}
	node := Param{Name: "node", Free: true, Names: runningNames, Set: textInto(&g.node)}
	return Op{
		Name: "grow_streams", Noun: "running node", NamesNodes: true, Erlang: true, Many: true, Compares: true,
		Params: []Param{node, {Name: "strategy", Free: true, Words: []string{"all", "even"}, Set: textInto(&g.strategy)},
			Flag("vhost-pattern", "only streams in virtual hosts that match this regular expression", &g.vhosts),
			Flag("queue-pattern", "only streams whose names match this regular expression", &g.names),
			Switch("errors-only", "", &g.errorsOnly).Official()},
		Check: g.check,
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			if at.Official {
				return at.inOneCall("add a replica on node "+g.node+" to streams", "rabbit_stream_queue", "grow",
					erlang.Atom(g.node), erlang.Binary(g.vhosts), erlang.Binary(g.names), erlang.Atom(g.strategy)), nil
			}
			chosen, err := g.chosen()
			if err != nil {
				return nil, err
			}
			all, err := inside.PlacesOf(ctx, at.Erlang, "stream")
			if err == nil {
				err = at.runs(ctx, g.node)
			}
			if err != nil {
				return nil, err
			}
			plan := g.streams(at, all, func(p inside.Location) bool {
				return !slices.Contains(p.Members, g.node) && chosen(replicated{p.VHost, p.Name, p.Members})
			}, "add a replica on node "+g.node+" to", AddReplica)
			if plan.Done == nil {
				plan.Dangers = []string{"each new replica copies all data of its stream"}
			}
			return plan, nil
		},
	}
}

// ShrinkStreams removes the replicas that streams have on a node. The only replica of a stream stays.
func ShrinkStreams() Op {
	g := &growing{shrinks: true}
	return Op{
		Name: "shrink_streams", Noun: "node", NamesNodes: true, Erlang: true, Many: true, Loses: true,
		Params: []Param{{Name: "node", Free: true, Names: nodeNames, Set: textInto(&g.node)},
			Switch("errors-only", "", &g.errorsOnly).Official()},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			if at.Official {
				return at.inOneCall("delete the replicas of streams on node "+g.node, "rabbit_stream_queue", "delete_all_replicas",
					erlang.Atom(g.node)), nil
			}
			all, err := inside.PlacesOf(ctx, at.Erlang, "stream")
			if err != nil {
				return nil, err
			}
			plan := g.streams(at, all, func(p inside.Location) bool { return slices.Contains(p.Members, g.node) },
				"delete the replica on node "+g.node+" of", DeleteReplica)
			if plan.Done != nil {
				// If not even the cluster knows the node's name, the name is a typing error.
				return plan, at.isMember(ctx, g.node)
			}
			return plan, at.awayNote(ctx, plan, g.node)
		},
	}
}

// streams returns a plan with one step for each stream for which wanted is true. made returns the change that the step
// makes.
func (g *growing) streams(at Site, all []inside.Location, wanted func(inside.Location) bool, what string,
	made func() Op) *Plan {
	s := record.Section{Name: "streams", Columns: []record.Column{{Name: "vhost"}, {Name: "stream"}, {Name: "leader"},
		{Name: "members", Kind: record.List}}}
	plan := &Plan{}
	for _, p := range all {
		item := p.Name + " in virtual host " + p.VHost
		switch {
		case !wanted(p):
			continue
		case g.shrinks && len(p.Members) == 1:
			plan.Steps = append(plan.Steps, Step{Item: item, Settled: &Outcome{Word: "kept",
				Notes: []string{"its only replica is on node " + g.node + ", and the only replica cannot be deleted"}}})
			continue
		}
		s.Rows = append(s.Rows, record.Row{record.Of(p.VHost), record.Of(p.Name), record.Of(p.Leader),
			record.Of(p.Members)})
		plan.Steps = append(plan.Steps, Step{Item: item, Action: what + " stream " + p.Name + " in virtual host " + p.VHost,
			Do: func(ctx context.Context) (Outcome, error) { return at.one(ctx, made(), p, g.node) }})
	}
	if len(plan.Steps) == 0 {
		return Finished("unchanged")
	}
	plan.Hits = record.Document{s}
	plan.Summary = what + " " + prose.Plural(len(s.Rows), "stream", "streams")
	return plan
}

// one changes the replica of one stream, and checks the result. If the stream does not exist any more, that is no
// failure.
func (s Site) one(ctx context.Context, op Op, p inside.Location, node string) (Outcome, error) {
	for i, word := range []string{p.Name, node} {
		if err := op.Params[i].Set(word); err != nil {
			return Outcome{}, err
		}
	}
	s.VHost = p.VHost
	plan, err := op.Plan(ctx, s)
	switch m := MissingOf(err); {
	case m != nil && m.What == "stream":
		return Outcome{Word: "absent"}, nil
	case m != nil && m.What == "replica":
		return Outcome{Word: "unchanged"}, nil
	case err != nil:
		return Outcome{}, err
	case plan.Done != nil:
		return *plan.Done, nil
	}
	return plan.Steps[0].Make(ctx)
}

// inOneCall returns a plan that changes all streams, or all quorum queues, by one call to the node. Its outcome has a
// row for each stream or queue.
func (s Site) inOneCall(what, module, function string, args ...erlang.Term) *Plan {
	return &Plan{Steps: []Step{{Action: what, Do: func(ctx context.Context) (Outcome, error) {
		rows, err := s.Erlang.Change(ctx, what, call(module, function, args...))
		if err != nil {
			return Outcome{}, err
		}
		return Outcome{Word: "changed", Facts: record.Document{attemptsOf(rows)}}, nil
	}}}}
}

// attemptsOf turns a node's answer about many queues into rows with the columns of memberColumns. The answer has
// {Queue,{ok,Size}} or {Queue,{error,Size,Reason}} for each queue.
func attemptsOf(answer erlang.Term) record.Section {
	s := record.Section{Name: "members", Columns: memberColumns()}
	list, _ := answer.(erlang.List)
	for _, e := range list {
		pair, _ := e.(erlang.Tuple)
		if len(pair) != 2 {
			continue
		}
		vhost, name := inside.InVHost(pair[0])
		came, _ := pair[1].(erlang.Tuple)
		var size record.Value
		if len(came) > 1 {
			if n, ok := came[1].(erlang.Number); ok {
				size = record.Value(n)
			}
		}
		result := "ok"
		if len(came) != 2 || came[0] != erlang.Atom("ok") {
			result = "error: " + attemptFailed(came)
		}
		if len(came) == 3 && came[2] == erlang.Atom("timeout") {
			size = nil
		}
		s.Rows = append(s.Rows, record.Row{record.Of(vhost), record.Of(name), size, record.Of(result)})
	}
	return s
}

// attemptFailed says why a queue's members could not be changed, in the words of the official tools.
func attemptFailed(came erlang.Tuple) string {
	if len(came) != 3 {
		return erlang.Text(came)
	}
	switch erlang.Text(came[2]) {
	case "timeout":
		return "the operation timed out and may not have been completed"
	case "last_node":
		return ErrLastMember.Error()
	case "{error,last_stream_member}":
		return "the last replica cannot be removed"
	}
	return erlang.Text(came[2])
}
