package change

import (
	"context"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// countedLate counts the messages of a queue. If its count can be out of date, countedLate waits and counts again, so
// that the result is not older than the call.
func (o oneOff) countedLate(ctx context.Context, name string) (countedQueue, error) {
	q, err := countQueue(ctx, o.at, name)
	if err != nil || !q.lags() {
		return q, err
	}
	if err := o.at.Sleep(ctx, q.lag()); err != nil {
		return q, err
	}
	return countQueue(ctx, o.at, name)
}

// holds returns how many messages a queue has, ready and unacknowledged together. While a node does not run, only the
// statistics have this count for a quorum queue, up to 10 s late (measured on 3.10 and 4.3).
func holds(q countedQueue) (count int64, known bool) {
	if q.countsKnown {
		return q.readyCount + q.unackedCount, true
	}
	return q.raw.At("messages").Int()
}

// arrived waits some seconds until the destination counts all sent messages, and returns how many were moved. If the
// arriving messages cannot be counted, it returns sent at once. A shovel removes itself even if the destination refused
// some messages: those are still in the source.
func (o oneOff) arrived(ctx context.Context, sent, before int64) (int64, error) {
	if o.read {
		return sent, nil
	}
	var has countedQueue
	all, err := settle(ctx, o.at, LagOfQueue("stream")+time.Second, func() (bool, error) {
		var err error
		has, err = countQueue(ctx, o.at, o.to)
		count, known := holds(has)
		return err == nil && known && count >= before+sent, err
	})
	if err != nil || all {
		return sent, err
	}
	count, known := holds(has)
	from, err := countQueue(ctx, o.at, o.from)
	kept, _ := holds(from)
	switch {
	case !known:
		return sent, fail.New(fail.Incomplete, "%d messages went to queue %s, and the broker does not report how many "+
			"messages the queue holds now",
			sent, o.to).Next("do all nodes run? rabbitctl list_nodes; then run the same command again to continue")
	case err == nil && kept > 0:
		moved := max(0, sent-kept)
		return moved, fail.New(fail.Incomplete, "shovel '%s' ended with %d of %d messages moved to queue %s, and %d are "+
			"still in queue %s", o.name(), moved, sent, o.to, kept, o.from).
			Next("is queue %s full? %s", o.to, showQueue(o.at, o.to))
	}
	return sent, fail.New(fail.Incomplete, "%d messages went to queue %s, but it holds only %d more", sent, o.to,
		count-before).Next("did some expire, or does a consumer take them? if so, run the same command again to continue")
}
