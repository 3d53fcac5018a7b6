package survey

import (
	"context"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
)

// betweenLooks is the time between two looks at the same queue. It is a little longer than the default interval of the
// statistics: a broker with that interval has renewed the counters at least once.
const betweenLooks = health.StatisticsInterval + time.Second

// Clock tells the time, and can wait.
type Clock interface {
	Now() time.Time
	Sleep(ctx context.Context, length time.Duration) error
}

// LookAgain reads the queues that may grow, or may redeliver in a loop, two more times. A rate proves neither growth
// nor a loop, so it compares the counts of two known moments. Between the two looks it waits. Just before that, it
// calls the last argument with the number of these queues and the length of the wait. If the looks fail, it notes in
// the facts that diagnose.OfMotion is unseen.
func LookAgain(ctx context.Context, c *broker.Client, f *diagnose.Facts, clock Clock,
	before func(queues int, wait time.Duration)) {
	var again []*diagnose.Queue
	for i := range f.Queues.Suspects {
		if f.Queues.Suspects[i].Moves() {
			again = append(again, &f.Queues.Suspects[i])
		}
	}
	if len(again) == 0 {
		return
	}
	if err := lookTwice(ctx, c, again, clock, before); err != nil {
		f.Unseen[diagnose.OfMotion] = err.Error()
	}
}

func lookTwice(ctx context.Context, c *broker.Client, again []*diagnose.Queue, clock Clock,
	before func(int, time.Duration)) error {
	if deadline, limited := ctx.Deadline(); limited && time.Until(deadline) < betweenLooks+time.Second {
		return fail.New(fail.Timeout, "looking at a queue twice takes %s, and less time than that is left", betweenLooks)
	}
	start := clock.Now()
	first, err := flowsOf(ctx, c, again)
	if err != nil {
		return err
	}
	before(len(again), betweenLooks)
	if err := clock.Sleep(ctx, betweenLooks); err != nil {
		return err
	}
	over := clock.Now().Sub(start)
	second, err := flowsOf(ctx, c, again)
	if err != nil {
		return err
	}
	for _, q := range again {
		was, is := first[[2]string{q.VHost, q.Name}], second[[2]string{q.VHost, q.Name}]
		q.Then = &diagnose.Change{Over: over, Grown: growth(was.Messages, is.Messages), Redelivered: counted(was.Redelivered,
			is.Redelivered),
			Acked: counted(was.Acked, is.Acked)}
		// The queue may have got its first consumer since the earlier look.
		if is.Consumers.Known && is.Consumers.Value > q.Consumers.Value {
			q.Consumers = is.Consumers
		}
	}
	return nil
}

// growth returns the difference of two counts. It is known only if both counts are.
func growth(was, is health.Reading) health.Reading {
	return health.Reading{Value: is.Value - was.Value, Known: was.Known && is.Known}
}

// counted returns the growth of a counter. A counter that was missing before, or that fell, started again at 0.
func counted(was, is health.Reading) health.Reading {
	if was.Value > is.Value {
		was.Value = 0
	}
	return health.Reading{Value: is.Value - was.Value, Known: is.Known}
}

// flowsOf returns the present counts and the counters of some queues. It reads few queues one by one, since a listing
// of all queues is expensive.
func flowsOf(ctx context.Context, c *broker.Client,
	queues []*diagnose.Queue) (map[[2]string]diagnose.QueueFlow, error) {
	flows := map[[2]string]diagnose.QueueFlow{}
	if len(queues) > queuesOneByOne {
		wanted := map[[2]string]bool{}
		for _, q := range queues {
			wanted[[2]string{q.VHost, q.Name}] = true
		}
		err := EachFlow(ctx, c, "", true, func(q diagnose.QueueFlow) {
			if key := [2]string{q.VHost, q.Name}; wanted[key] {
				flows[key] = q
			}
		})
		return flows, err
	}
	for _, q := range queues {
		if addressable("queue", q.Name) != nil {
			continue
		}
		flow, err := flowOf(ctx, c, q.VHost, q.Name)
		switch {
		case broker.IsNotFound(err):
			// The queue no longer exists.
		case err != nil:
			return nil, err
		default:
			flows[[2]string{q.VHost, q.Name}] = flow
		}
	}
	return flows, nil
}

func flowOf(ctx context.Context, c *broker.Client, vhost, name string) (diagnose.QueueFlow, error) {
	raw, err := c.Queue(ctx, vhost, name)
	if err != nil {
		return diagnose.QueueFlow{}, err
	}
	has, err := c.QueueCount(ctx, vhost, name, raw.At("type").Text())
	if err != nil {
		return diagnose.QueueFlow{}, err
	}
	q := diagnose.QueueFlow{VHost: vhost, Name: name, Messages: Reading(has.Total),
		Consumers:   Reading(queues.ConsumerCount(raw, raw.At("state"))),
		Redelivered: Reading(raw.At("message_stats.redeliver")),
		Acked: finished(raw.At("message_stats.ack"), raw.At("message_stats.deliver_no_ack"),
			raw.At("message_stats.get_no_ack"))}
	return q, nil
}
