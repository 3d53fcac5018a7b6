package change

import (
	"context"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// ByForce is the cause of the error that a queue cannot be deleted by force.
type ByForce struct{}

func (ByForce) Error() string { return "the HTTP API cannot delete a queue by force" }

// DeleteQueue deletes a queue and its messages.
func DeleteQueue() Op {
	g := &guard{}
	var name string
	var force bool
	return Op{
		Name: "delete_queue", Noun: "queue", Scoped: true, Loses: true, Removes: true, Each: true,
		Params: []Param{Arg("queue", &name, QueueNames), g.expect.Param("each queue holds"),
			Switch("if-empty", "refuse when it holds any message, ready or unacknowledged", &g.ifEmpty),
			Switch("if-unused", "refuse when it has a consumer", &g.ifUnused),
			Switch("force", "", &force).Official()},
		Check: func() error {
			if force {
				return ByForce{}
			}
			return nil
		},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			if at.Official {
				return g.official(ctx, at, name)
			}
			return g.deletion(ctx, at, name)
		},
	}
}

// official leaves the conditions to the broker, as the official tool does, and reports how many messages are ready.
func (g *guard) official(ctx context.Context, at Site, name string) (*Plan, error) {
	ready, known, err := at.Broker.Ready(ctx, at.VHost, name)
	if err != nil {
		return nil, missingQueue(at, name, err)
	}
	count := record.Field{Column: record.Column{Name: "messages_ready", Kind: record.Count}}
	if known {
		count.Value = record.Of(ready)
	}
	return &Plan{Steps: []Step{{Action: "delete queue " + name + " in virtual host " + at.VHost,
		Do: func(ctx context.Context) (Outcome, error) {
			err := at.Broker.DeleteQueue(ctx, at.VHost, name, broker.DeleteOnly{IfEmpty: g.ifEmpty, IfUnused: g.ifUnused})
			return Outcome{Word: "deleted", Facts: record.Document{record.Fields("", count)}}, missingQueue(at, name, err)
		}}}}, nil
}

func (g *guard) deletion(ctx context.Context, at Site, name string) (*Plan, error) {
	q, err := g.look(ctx, at, name)
	if err != nil {
		return nil, err
	}
	apply := func(ctx context.Context) (Outcome, error) {
		// Count again: the user may have taken long to confirm the deletion.
		q, err := g.lookOnce(ctx, at, name)
		if err != nil {
			return Outcome{}, err
		}
		return g.deleted(ctx, at, name, q)
	}
	return &Plan{Hits: q.hits(), Notes: q.ages(),
		Steps: []Step{{Action: "delete queue " + name + " in virtual host " + at.VHost, Do: apply}}}, nil
}

// deleted deletes the queue, and checks that it is gone.
func (g *guard) deleted(ctx context.Context, at Site, name string, q countedQueue) (Outcome, error) {
	// The broker checks the conditions itself for classic queues. It refuses them for quorum queues, and ignores them
	// for streams (3.10 and 4.3: a stream with a consumer is deleted in spite of if-unused).
	classic := !q.lags()
	if err := at.Broker.DeleteQueue(ctx, at.VHost, name, broker.DeleteOnly{IfEmpty: classic && g.ifEmpty,
		IfUnused: classic && g.ifUnused}); err != nil {
		return Outcome{}, g.brokerRefused(name, err)
	}
	isGone, err := settle(ctx, at, 5*time.Second, func() (bool, error) {
		_, err := at.Broker.Queue(ctx, at.VHost, name)
		if broker.IsNotFound(err) {
			return true, nil
		}
		return false, err
	})
	if err != nil {
		return Outcome{}, unseen("deletion", name, err)
	}
	if !isGone {
		return Outcome{}, fail.New(fail.Incomplete,
			"the broker accepted the deletion of queue %s, but the queue still exists or exists again", name).
			Next("does a client declare it again?")
	}
	return Outcome{Word: "deleted"}, nil
}

// brokerRefused turns the broker's refusal to delete a queue into an error that says why.
func (g *guard) brokerRefused(name string, err error) error {
	switch kept := KeptFor(broker.DeleteOnly{IfEmpty: g.ifEmpty, IfUnused: g.ifUnused}, err); {
	case kept.IfUnused:
		return fail.New(fail.Data, "refused: queue %s is in use: it has a consumer", name).
			Next("rabbitctl list_consumers shows the consumer, at the latest in 5 s")
	case kept.IfEmpty:
		return fail.New(fail.Data, "refused: queue %s is not empty: at least one message is ready in it",
			name)
	}
	return wentAway("deleted", name, err)
}

// KeptFor returns the conditions for which the broker refused to delete a queue; none if it refused for another reason.
// Other refusals have status 400, too: for example that of a queue whose virtual host does not run.
func KeptFor(only broker.DeleteOnly, err error) broker.DeleteOnly {
	reason := broker.ReasonOf(err)
	return broker.DeleteOnly{IfUnused: only.IfUnused && strings.Contains(reason, "in use"),
		IfEmpty: only.IfEmpty && strings.Contains(reason, "not empty")}
}
