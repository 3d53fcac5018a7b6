package change

import (
	"context"
	"errors"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// lag is how long a guard waits for figures of a queue that can be out of date. Brokers renew them every 5 s by
// default. Measured on 3.10 and 4.3: a confirmed message is in the count of a quorum queue after up to 4.0 s, and a new
// consumer appears after up to 4.8 s, whatever the queue's type. The count of a stream is renewed in two steps of 5 s.
func (q countedQueue) lag() time.Duration { return LagOfQueue(q.kind.Text()) }

// LagOfQueue returns how long the figures of a queue of that type can be out of date.
func LagOfQueue(kind string) time.Duration {
	if kind == "stream" {
		return 12 * time.Second
	}
	return 6 * time.Second
}

// guard has the conditions under which a destructive command may act on a queue.
type guard struct {
	expect   Expectation
	ifEmpty  bool
	ifUnused bool
}

// needsCounts reports whether a condition is about the number of messages.
func (g *guard) needsCounts() bool { return g.expect.text != "" || g.ifEmpty }

// mustWait reports whether a condition depends on figures that can be out of date. The broker always counts the
// messages of a classic queue afresh, and checks for consumers when it deletes the queue. A dry run deletes nothing, so
// it must check the consumers itself.
func (g *guard) mustWait(q countedQueue, dryRun bool) bool {
	if q.lags() {
		return g.needsCounts() || g.ifUnused
	}
	return g.ifUnused && dryRun
}

// look counts a queue, and refuses it if a condition does not hold. If figures can be out of date, look waits and
// counts again. So it sees all messages and consumers that existed when the command began.
func (g *guard) look(ctx context.Context, at Site, name string) (countedQueue, error) {
	q, err := countQueue(ctx, at, name)
	if err != nil {
		return q, err
	}
	if err := g.violated(q, name); err != nil {
		return q, err
	}
	if !g.mustWait(q, at.DryRun) {
		return q, g.unknown(q, name)
	}
	at.Waiting("waiting %s, since figures of queue %s can be older than its messages", q.lag(), name)
	if err := at.Sleep(ctx, q.lag()); errors.Is(err, context.DeadlineExceeded) {
		return q, fail.New(fail.Timeout,
			"the figures of queue %s can be %s old, and --timeout ended before newer figures came", name, q.lag()).
			Next("--timeout 60s leaves enough time")
	} else if err != nil {
		return q, err
	}
	return g.lookOnce(ctx, at, name)
}

// lookOnce counts a queue once, and refuses it if a condition does not hold.
func (g *guard) lookOnce(ctx context.Context, at Site, name string) (countedQueue, error) {
	q, err := countQueue(ctx, at, name)
	if err == nil {
		err = g.violated(q, name)
	}
	if err == nil {
		err = g.unknown(q, name)
	}
	return q, err
}

// violated returns an error if the queue is exclusive, or if a condition does not hold; nil otherwise. A condition on a
// figure that is not known counts as one that holds: see unknown.
func (g *guard) violated(q countedQueue, name string) error {
	total := q.readyCount + q.unackedCount
	switch {
	case q.exclusive:
		return q.exclusiveTo(name)
	case q.countsKnown && g.expect.outside(total):
		return q.mayBeOld(fail.New(fail.Data, "refused: queue %s holds %s, which --expect-messages %s does not allow", name,
			prose.Plural(int(total), "message", "messages"), g.expect.text))
	case g.ifEmpty && q.countsKnown && total > 0:
		return q.mayBeOld(fail.New(fail.Data, "refused: queue %s is not empty: %d ready, %d unacknowledged", name,
			q.readyCount, q.unackedCount))
	case g.ifUnused && q.consumers.Known() && q.consumers.Text() != "0":
		return fail.New(fail.Data, "refused: queue %s is in use by %s", name, consumersOf(q.consumers)).
			Next("%s names the consumers", fail.Command("show_queue", "-p", q.raw.At("vhost").Text(), name))
	}
	return nil
}

// mayBeOld adds to a refusal that the counts of messages can be out of date: only those of classic queues are fresh.
func (q countedQueue) mayBeOld(refusal *fail.Error) error {
	if q.lags() {
		return refusal.Next("these counts can be %s old: if they have changed since, run the same command again", q.lag())
	}
	return refusal
}

// unknown returns an error about the condition that cannot be judged; nil if all can be judged.
func (g *guard) unknown(q countedQueue, name string) error {
	switch {
	case g.needsCounts() && !q.countsKnown:
		return fail.New(fail.Data, "refused: the broker does not know how many messages queue %s holds", name).
			Next("is its node up? rabbitctl list_queues name state node messages")
	case g.ifUnused && !q.consumers.Known() && q.lags():
		return fail.New(fail.Data, "refused: the broker does not report whether queue %s has consumers", name).
			Next("rabbitctl doctor shows whether the broker's statistics are switched off")
	}
	return nil
}

// consumersOf says in words how many consumers a queue has.
func consumersOf(count record.Value) string {
	n, _ := count.Int()
	return prose.Plural(int(n), "consumer", "consumers")
}
