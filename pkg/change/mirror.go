package change

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Only releases before 4.0 have mirrored classic queues. Their API can start and stop the synchronisation of mirrors,
// too, but answers with success even for a queue without mirrors (3.10.8). So a node does it over Erlang distribution.

// SyncQueue makes the mirrors of a queue copy all its messages.
func SyncQueue() Op {
	return mirrors("sync_queue", "synchronise the mirrors of queue ", "synchronised")
}

// CancelSyncQueue stops the copying that SyncQueue started.
func CancelSyncQueue() Op {
	return mirrors("cancel_sync_queue", "stop synchronising the mirrors of queue ", "cancelled")
}

const noMirrors = "has no mirrored queues: releases from 4.0 on have none"

func mirrors(name, action, word string) Op {
	var queue string
	return Op{
		Name: name, Noun: "queue", NamesNodes: true, Scoped: true, Erlang: true,
		Params: []Param{{Name: "queue", Free: true, Names: QueueNames, Set: textInto(&queue)}},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			action := action + queue + " in virtual host " + at.VHost
			plan := &Plan{Steps: []Step{{Action: action, Do: func(ctx context.Context) (Outcome, error) {
				answer, err := at.Erlang.Change(ctx, action, call("rabbit_mirror_queue_misc", name,
					erlang.Tuple{erlang.Atom("resource"), erlang.Binary(at.VHost), erlang.Atom("queue"), erlang.Binary(queue)}))
				if err != nil {
					return Outcome{}, notInRelease(err, noMirrors)
				}
				o, err := mirrored(answer, word)
				return o, unmirrored(at, queue, err)
			}}}}
			if at.Official {
				return plan, nil
			}
			if record, err := inside.QueueRecord(ctx, at.Erlang, at.VHost, queue); err != nil || record == nil {
				if err == nil {
					err = at.noQueue(ctx, queue, "")
				}
				return nil, err
			}
			if err := at.has(ctx, noMirrors, "rabbit_mirror_queue_misc", name, 1); err != nil {
				return nil, err
			}
			if name == "sync_queue" {
				plan.Dangers = []string{"while its mirrors copy the messages, the queue accepts and delivers none"}
				plan.Seen(at.inStep(queue))
			}
			return plan, nil
		},
	}
}

// inStep returns a function that checks whether all mirrors have all messages. This check is necessary: the node
// answers ok even if somebody has cancelled the copying (3.10.8).
func (s Site) inStep(queue string) func(context.Context, Outcome) (Outcome, error) {
	return func(ctx context.Context, o Outcome) (Outcome, error) {
		mirrors, inStep, err := inside.Mirrors(ctx, s.Erlang, s.VHost, queue)
		if err != nil {
			return o, fail.New(fail.KindOf(err), "the node answered ok, but the mirrors of queue %s cannot be read: "+
				"%w", queue, err)
		}
		if inStep < mirrors {
			o.Word, o.Failed = "incomplete", fail.New(fail.Incomplete, "only %d of %s of queue %s are synchronised", inStep,
				prose.Plural(mirrors, "mirror", "mirrors"), queue).
				Next("run the same command again: somebody may have used cancel_sync_queue, or a mirror stopped or joined")
		}
		o.Facts = append(o.Facts, record.Fields("",
			record.Field{Column: record.Column{Name: "mirrors"}, Value: record.Of(mirrors)},
			record.Field{Column: record.Column{Name: "synchronised"}, Value: record.Of(inStep)}))
		return o, nil
	}
}

// mirrored turns the node's answer to SyncQueue or CancelSyncQueue into an outcome. The answer {ok,Word} means that
// there was nothing to do, as in {ok,not_syncing}.
func mirrored(answer erlang.Term, word string) (Outcome, error) {
	if err := refusedBy("rabbit_mirror_queue_misc", answer); err != nil {
		return Outcome{}, err
	}
	if pair, _ := answer.(erlang.Tuple); len(pair) == 2 {
		return Outcome{Word: "unchanged", Facts: record.Document{record.Fields("",
			record.Field{Column: record.Column{Name: "answer"}, Value: record.Of(erlang.Cell(pair[1]))})}}, nil
	}
	return Outcome{Word: word}, nil
}

// unmirrored turns the node's refusal for a queue without mirrors into an error in words. It returns any other error
// unchanged. For an official tool, it returns the refusal unchanged, too.
func unmirrored(at Site, queue string, err error) error {
	refused := inside.RefusedBy(err)
	if at.Official || refused == nil || refused.Reason != erlang.Atom("not_mirrored") {
		return err
	}
	e := fail.New(fail.Unavailable, "queue %s in virtual host %s is not mirrored", queue, at.VHost).
		Next("only a policy with ha-mode gives it mirrors: %s shows its policy",
			fail.Command("show_queue", "-p", at.VHost, queue))
	e.Err = refused
	return e
}

// SetStreamRetentionPolicy makes the call that rabbitmq-streams of 3.x and 4.0 makes. The node stores the policy, but
// no stream obeys it (on 3.10.8, the retention of the stream stays empty). So rabbitctl itself has no such command:
// streams obey the policy key max-age.
func SetStreamRetentionPolicy() Op {
	var name, policy string
	return Op{
		Name: "set_stream_retention_policy", Noun: "stream", NamesNodes: true, Scoped: true, Erlang: true,
		Params: []Param{{Name: "name", Free: true, Set: textInto(&name)}, {Name: "policy", Free: true,
			Set: textInto(&policy)}},
		Plan: func(_ context.Context, at Site) (*Plan, error) {
			action := "set the retention policy of stream " + name + " to " + policy
			return Once(action, "set", func(ctx context.Context) error {
				return at.do(ctx, action, "rabbit_stream_queue", "set_retention_policy", binaries(name, at.VHost, policy)...)
			}), nil
		},
	}
}
