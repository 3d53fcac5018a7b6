package change

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
)

// RestartStream restarts the processes of a stream on all its nodes, with a new election of the leader.
func RestartStream() Op {
	var stream, preferred string
	return Op{
		Name: "restart_stream", Noun: "stream", NamesNodes: true, Scoped: true, Erlang: true,
		Params: []Param{{Name: "stream", Free: true, Names: StreamNames, Set: textInto(&stream)},
			{Name: "preferred-leader-node", Help: "node that should lead the stream, if its replica has all data",
				Role: Option, Free: true, Names: runningNames, Set: textInto(&preferred)}},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			var wanted erlang.Term = erlang.Atom("undefined")
			if preferred != "" {
				wanted = erlang.Atom(preferred)
			}
			action := "restart stream " + stream + " in virtual host " + at.VHost
			plan := at.namesLeader(action, call("rabbit_stream_queue", "restart_stream", erlang.Binary(at.VHost),
				erlang.Binary(stream), erlang.Map{{Key: erlang.Atom("preferred_leader_node"), Value: wanted}}))
			if at.Official {
				return plan, nil
			}
			p, err := at.place(ctx, stream, "stream")
			if err == nil {
				err = at.has(ctx, cannotRestart, "rabbit_stream_queue", "restart_stream", 3)
			}
			if err == nil && preferred != "" {
				if err = at.runs(ctx, preferred); err == nil {
					err = hasMember(p, preferred)
				}
			}
			if err != nil {
				return nil, err
			}
			plan.Hits = placeFields(p)
			plan.Dangers = []string{"until the stream runs again, nobody can publish to it or consume from it; then " +
				"clients of the stream protocol have to declare their publishers and subscribe again"}
			do := plan.Steps[0].Do
			plan.Steps[0].Do = func(ctx context.Context) (Outcome, error) {
				o, err := do(ctx)
				return restarted(o, preferred), notInRelease(err, cannotRestart)
			}
			return plan, nil
		},
	}
}

const cannotRestart = "cannot restart a stream: releases since 3.12 can"

// restarted sets the word of the outcome, and adds a note if another node than the preferred one leads the stream after
// the restart.
func restarted(o Outcome, preferred string) Outcome {
	o.Word = "restarted"
	if leader := o.Facts.Fact("leader").Text(); preferred != "" && leader != "" && leader != preferred {
		o.Notes = append(o.Notes, "node "+leader+" leads the stream, not node "+preferred+
			": the coordinator elected another leader")
	}
	return o
}
