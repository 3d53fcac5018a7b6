package survey

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/routing"
)

// examinedQueues holds the facts that the rules of diagnose need about queues. They come from one listing of all
// queues, which is the broker's most expensive answer.
type examinedQueues struct {
	// figures has the queues that a rule may name.
	figures    diagnose.Queues
	replicated []health.Replicated
	routed     routedQueues
}

// examineQueues lists all queues. It asks for columns of the statistics, so one request is enough. It returns an error
// for a user who may see no virtual host: to such a user a full broker looks empty.
func examineQueues(ctx context.Context, c *broker.Client) (examinedQueues, error) {
	all := examinedQueues{routed: routedQueues{}}
	once := newRepeated()
	reader := record.NewReader(bindExamined(once))
	err := each(reader.All(queues.Read(ctx, c, "", reader.Columns())), func(q examinedQueue) {
		all.look(q, all.routed.add(q.replicated.VHost, q.replicated.Name, q.routed, once))
		if hasMembers(q.replicated) {
			all.replicated = append(all.replicated, q.replicated)
		}
	})
	if err != nil || all.figures.Total > 0 {
		return all, err
	}
	blind, err := c.SeesNothing(ctx)
	if err == nil && blind {
		err = fail.New(fail.Denied, "user %s has access to no virtual host, so it sees no queues", c.Username())
	}
	return all, err
}

// examinedQueue is one queue of the listing.
type examinedQueue struct {
	figures    diagnose.Queue
	readyBytes health.Reading
	state      string
	replicated health.Replicated
	routed     routedQueue
}

func bindExamined(once repeated) func(*record.Binder, *examinedQueue) {
	return func(b *record.Binder, q *examinedQueue) {
		replicated(once)(b, &q.replicated)
		bindRouted(b, &q.routed)
		reading(b, "consumers", &q.figures.Consumers)
		reading(b, "messages_ready", &q.figures.Ready)
		reading(b, "messages_unacknowledged", &q.figures.Unacked)
		reading(b, "message_stats.publish_details.rate", &q.figures.Published)
		reading(b, "message_stats.ack_details.rate", &q.figures.Acked)
		reading(b, "message_stats.redeliver_details.rate", &q.figures.Redelivered)
		reading(b, "message_bytes_ready", &q.readyBytes)
		b.Value("state", func(v record.Value) { q.state = once.text(v) })
	}
}

func (all *examinedQueues) look(queue examinedQueue, routed *routing.Queue) {
	q, one := &all.figures, queue.figures
	q.Total++
	one.VHost, one.Name = queue.replicated.VHost, queue.replicated.Name
	switch {
	case isDown(routed.Type, queue.state):
		// The leader of a classic queue is its node.
		q.Down.Add(one.VHost, one.Name, queue.replicated.Leader)
	case !one.Ready.Known || !one.Consumers.Known:
		q.Blank++
	}
	if routed.Refuses() {
		limit := *routed
		limit.Name, limit.Ready, limit.ReadyBytes = one.Name, one.Ready, queue.readyBytes
		one.Limit = &limit
	}
	if one.Suspect() {
		q.Suspects = append(q.Suspects, one)
	}
}
