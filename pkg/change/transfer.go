package change

import (
	"context"
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// transfer is one run of a command that moves the leader of a queue to a node.
type transfer struct{ queue, node string }

// TransferLeadership moves the leader of a quorum queue or a stream to a node that has a member of it.
func TransferLeadership() Op {
	t := &transfer{}
	return Op{
		Name: "transfer_leadership", Noun: "queue", NamesNodes: true, Scoped: true, Erlang: true, Compares: true,
		Params: []Param{{Name: "queue", Free: true, Names: replicatedNames, Set: textInto(&t.queue)},
			{Name: "node", Free: true, Names: runningNames, Set: textInto(&t.node)}},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			p, err := at.place(ctx, t.queue, "")
			switch {
			case err != nil:
				return nil, err
			case p.Leader == t.node:
				return Finished("unchanged"), nil
			}
			if err := at.runs(ctx, t.node); err != nil { // before hasMember, which advises to add a member on the node
				return nil, err
			}
			if err := hasMember(p, t.node); err != nil {
				return nil, err
			}
			if p.Type == "stream" {
				// Since 4.2.9 the function takes the stream's name (3 arguments). Before, it took the node's record of the stream
				// (2 arguments).
				if err := at.has(ctx, cannotMove, "rabbit_stream_queue", "transfer_leadership", 3, 2); err != nil {
					return nil, err
				}
			}
			plan := &Plan{Hits: placeFields(p), Steps: []Step{{Action: t.action(at, p), Do: func(ctx context.Context) (
				Outcome, error) {
				return t.moved(ctx, at, p)
			}}}}
			plan.Notes = []string{"publishers and consumers wait until the new leader is there"}
			if p.Type == "stream" {
				plan.Notes, plan.Dangers = nil, []string{"the stream is restarted: its publishers and consumers are " +
					"disconnected and have to reconnect"}
			}
			return plan, nil
		},
	}
}

// cannotMove is the text of the error for a release that cannot move the leader of a stream.
const cannotMove = "cannot move the leader of a stream: releases since 3.12 can"

func (t *transfer) action(at Site, p *inside.Location) string {
	return fmt.Sprintf("move the leader of %s %s in virtual host %s from node %s to node %s", kindOfQueue(p.Type), t.queue,
		at.VHost, p.Leader, t.node)
}

// moved moves the leader, and then checks which node leads. A node can answer ok although another node became the
// leader (streams of 4.3.6).
func (t *transfer) moved(ctx context.Context, at Site, before *inside.Location) (Outcome, error) {
	leader, err := t.send(ctx, at, before)
	if r := inside.RefusedBy(err); r != nil && r.Reason == erlang.Atom("timeout") {
		return Outcome{}, fail.New(fail.Lost, "RabbitMQ did not move the leader of %s %s within its own time limit, and "+
			"may still move it", kindOfQueue(before.Type), t.queue).
			Next("rabbitctl list_queues -p %s name leader shows where the leader is", fail.Word(at.VHost))
	}
	if err != nil {
		return Outcome{}, err
	}
	now, err := at.watch(ctx, t.queue, before.Type, "the new leader", func(p *inside.Location) bool {
		return p.Leader == t.node || leader != t.node && p.Leader == leader
	})
	if err != nil {
		return Outcome{}, err
	}
	o := Outcome{Word: "moved", Facts: placeFields(now)}
	if now.Leader != t.node {
		o.Word = "elsewhere"
		o.Failed = fail.New(fail.Differs, "the leader of %s %s is on node %s, and not on node %s, although the "+
			"request was accepted", kindOfQueue(before.Type), t.queue, now.Leader, t.node).
			Next("run the same command again to try once more")
	}
	return o, nil
}

// send asks the node to move the leader, and returns the leader that the node's answer names.
func (t *transfer) send(ctx context.Context, at Site, p *inside.Location) (string, error) {
	action := t.action(at, p)
	module := map[string]string{"quorum": "rabbit_queue_type_ra", "stream": "rabbit_stream_queue"}[p.Type]
	answer, err := at.Erlang.Change(ctx, action, call(module, "transfer_leadership", erlang.Binary(at.VHost),
		erlang.Binary(t.queue), erlang.Atom(t.node)))
	if erldist.IsMissing(err) {
		// Before 4.2.9 a node only has a function that takes the node's own record of the queue. 3.10 has no such function
		// for streams.
		var record erlang.Term
		if record, err = inside.QueueRecord(ctx, at.Erlang, at.VHost, t.queue); err != nil {
			return "", err
		}
		module = map[string]string{"quorum": "rabbit_quorum_queue", "stream": "rabbit_stream_queue"}[p.Type]
		answer, err = at.Erlang.Change(ctx, action, call(module, "transfer_leadership", record, erlang.Atom(t.node)))
	}
	if err != nil {
		return "", notInRelease(err, cannotMove)
	}
	return leaderOf(answer)
}

// leaderOf returns the node in the answer {ok,Node} or {migrated,Node}.
func leaderOf(answer erlang.Term) (string, error) {
	pair, _ := answer.(erlang.Tuple)
	if len(pair) == 2 && (pair[0] == erlang.Atom("ok") || pair[0] == erlang.Atom("migrated")) {
		return erlang.Cell(pair[1]), nil
	}
	if len(pair) == 2 && (pair[0] == erlang.Atom("error") || pair[0] == erlang.Atom("not_migrated")) {
		return "", fail.New(fail.Unavailable, "%w", &inside.Refused{Reason: pair[1]})
	}
	return "", fail.New(fail.Unavailable, "the node answers %s", erlang.Text(answer))
}

// TransferStream moves the leader of a stream as rabbitmq-streams does. Its outcome has a fact "leader": the node that
// leads, according to the answer of the node.
func TransferStream() Op { return officialTransfer("rabbit_stream_queue", "stream") }

// TransferQueue moves the leader of a quorum queue as rabbitmq-queues does. Its outcome has a fact "leader": the node
// that leads, according to the answer of the node.
func TransferQueue() Op { return officialTransfer("rabbit_queue_type_ra", "queue") }

func officialTransfer(module, what string) Op {
	t := &transfer{}
	return Op{
		Name: "transfer_leadership", Noun: what, NamesNodes: true, Scoped: true, Erlang: true,
		Params: []Param{{Name: what, Free: true, Set: textInto(&t.queue)}, {Name: "node", Free: true,
			Set: textInto(&t.node)}},
		Plan: func(_ context.Context, at Site) (*Plan, error) {
			action := "move the leader of " + what + " " + t.queue + " to node " + t.node
			return at.namesLeader(action, call(module, "transfer_leadership", erlang.Binary(at.VHost), erlang.Binary(t.queue),
				erlang.Atom(t.node))), nil
		},
	}
}

// namesLeader returns a plan of one call to the node. The answer to the call names the leader.
func (s Site) namesLeader(action string, c erldist.Call) *Plan {
	return &Plan{Steps: []Step{{Action: action, Do: func(ctx context.Context) (Outcome, error) {
		answer, err := s.Erlang.Change(ctx, action, c)
		if err != nil {
			return Outcome{}, err
		}
		leader, err := leaderOf(answer)
		return Outcome{Word: "moved", Facts: leaderFact(leader)}, err
	}}}}
}

func leaderFact(leader string) record.Document {
	return record.Document{record.Fields("", record.Field{Column: record.Column{Name: "leader"},
		Value: record.Of(leader)})}
}
