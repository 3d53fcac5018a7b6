package change

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// ReclaimQuorumMemory makes the processes of a quorum queue give memory back.
func ReclaimQuorumMemory() Op {
	var queue string
	return Op{
		Name: "reclaim_quorum_memory", Noun: "queue", NamesNodes: true, Scoped: true, Erlang: true,
		Params: []Param{{Name: "queue", Free: true, Names: quorumNames, Set: textInto(&queue)}},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			action := "let quorum queue " + queue + " in virtual host " + at.VHost + " give back memory"
			plan := Once(action, "started", func(ctx context.Context) error {
				return at.do(ctx, action, "rabbit_quorum_queue", "reclaim_memory", binaries(at.VHost, queue)...)
			})
			if at.Official {
				return plan, nil
			}
			p, err := at.place(ctx, queue, "quorum")
			if err != nil {
				return nil, err
			}
			plan.Hits = placeFields(p)
			// The answer ok means only that the queue's leader got the request. It does not mean that memory was freed.
			plan.Notes = []string{"the members go on freeing memory after this command has ended; rabbitctl " +
				"memory_breakdown shows what a node's memory is used for"}
			return plan.Seen(func(_ context.Context, o Outcome) (Outcome, error) {
				o.Notes = plan.Notes
				return o, nil
			}), nil
		},
	}
}

// ForceCheckpoint makes quorum queues write a checkpoint of their state, so that their logs can be shortened.
func ForceCheckpoint() Op {
	g := &growing{vhosts: ".*", names: ".*", strategy: "all"}
	return Op{
		Name: "force_checkpoint", Noun: "queue", NamesNodes: true, Erlang: true,
		Params: []Param{Flag("vhost-pattern", "only queues in virtual hosts that match this regular expression", &g.vhosts),
			Flag("queue-pattern", "only queues whose names match this regular expression", &g.names),
			Switch("errors-only", "", &g.errorsOnly).Official()},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			const action = "write a checkpoint of quorum queues"
			plan := &Plan{Steps: []Step{{Action: action, Do: func(ctx context.Context) (Outcome, error) {
				rows, err := at.Erlang.Change(ctx, action, call("rabbit_quorum_queue", "force_checkpoint",
					binaries(g.vhosts, g.names)...))
				if err != nil {
					return Outcome{}, notInRelease(err, "cannot force a checkpoint: releases since 4.1.1 can")
				}
				return checkpoints(rows), nil
			}}}}
			if at.Official {
				return plan, nil
			}
			return plan, g.chosenFor(ctx, at, plan)
		},
		Check: g.check,
	}
}

// chosenFor adds the chosen queues to the plan, and marks it as unchanged if there are none.
func (g *growing) chosenFor(ctx context.Context, at Site, plan *Plan) error {
	chosen, err := g.chosen()
	if err != nil {
		return err
	}
	all, err := inside.PlacesOf(ctx, at.Erlang, "quorum")
	if err != nil {
		return err
	}
	s := record.Section{Name: "queues", Columns: record.Named("vhost", "queue", "leader")}
	for _, p := range all {
		if chosen(replicated{p.VHost, p.Name, p.Members}) {
			s.Rows = append(s.Rows, record.Row{record.Of(p.VHost), record.Of(p.Name), record.Of(p.Leader)})
		}
	}
	if len(s.Rows) == 0 {
		plan.Already("unchanged")
	}
	plan.Hits = record.Document{s}
	plan.Steps[0].Action = "write a checkpoint of " + prose.Plural(len(s.Rows), "quorum queue", "quorum queues")
	return nil
}

// checkpoints turns a node's answer for each queue, {ok} or {error,Reason}, into facts. {ok} means that the request was
// sent to the members of the queue. The node does not wait until they have written a checkpoint.
func checkpoints(answer erlang.Term) Outcome {
	o := Outcome{Word: "started"}
	s := record.Section{Name: "checkpoints", Columns: record.Named("vhost", "name", "result")}
	list, _ := answer.(erlang.List)
	failed := 0
	for _, e := range list {
		pair, _ := e.(erlang.Tuple)
		if len(pair) != 2 {
			continue
		}
		vhost, name := inside.InVHost(pair[0])
		result := "ok"
		if came, _ := pair[1].(erlang.Tuple); len(came) != 1 || came[0] != erlang.Atom("ok") {
			result = erlang.Text(pair[1])
			failed++
		}
		s.Rows = append(s.Rows, record.Row{record.Of(vhost), record.Of(name), record.Of(result)})
	}
	o.Facts = record.Document{s}
	switch {
	case failed > 0 && failed == len(s.Rows):
		o.Word, o.Failed = "failed", fail.New(fail.Unavailable, "no quorum queue was told to write a checkpoint: the "+
			"column result says why")
	case failed > 0:
		o.Word, o.Failed = "incomplete", fail.New(fail.Incomplete, "%d of %d quorum queues were not told to write a "+
			"checkpoint: the column result says why", failed, len(s.Rows))
	}
	return o
}
