package change

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// countedQueue is what a command must know about a queue before it deletes, purges or recreates the queue, or takes or
// adds messages.
type countedQueue struct {
	raw                      record.Value
	ready, unacked           record.Value
	consumers, bindings      record.Value
	kind, state, node        record.Value
	readyCount, unackedCount int64
	countsKnown              bool
	// exclusive means that only the connection that declared the queue may use it. owner is the name of that connection;
	// "" if the broker does not report it yet: 3.10 needs some seconds.
	exclusive bool
	owner     string
}

// lags reports whether the counts can be out of date. Only the counts of a classic queue are always those of this
// moment.
func (q countedQueue) lags() bool { return q.kind.Text() != "classic" }

// stopped reports whether the queue is listed but does not run, because its node is down, or because its virtual host
// does not run on that node. 4.3 still lists such a queue, and answers 404 to a purge. 3.10 answers 404 to every
// request about it.
func (q countedQueue) stopped() bool { return !q.countsKnown && queues.DoesNotRun(q.state) }

// exclusiveTo returns the error that only the connection that declared the queue can empty or delete it. The broker
// would refuse the change, too.
func (q countedQueue) exclusiveTo(name string) error {
	if q.owner == "" {
		return fail.New(fail.Data, "refused: queue %s is exclusive to the connection that declared it", name).
			Next("the queue is deleted with that connection; %s names the connection, some seconds after the connection was "+
				"opened", fail.Command("show_queue", "-p", q.raw.At("vhost").Text(), name))
	}
	return fail.New(fail.Data, "refused: queue %s is exclusive to connection %s", name, q.owner).
		Next("it is deleted with that connection: %s", fail.Command("close_connection", q.owner))
}

// countQueue reads a queue with the freshest counts that the broker has. The statistics lack the counts of a queue
// younger than five seconds, and are up to ten seconds old for other queues. So countQueue gets the counts from the
// queue itself: from the queue's own endpoint or, on releases whose endpoint does not have them, from the listing. Even
// then the counts of a quorum queue are up to 5 s old, and those of a stream come from the statistics.
func countQueue(ctx context.Context, at Site, name string) (countedQueue, error) {
	c, vhost := at.Broker, at.VHost
	raw, err := c.Queue(ctx, vhost, name)
	if err != nil {
		return countedQueue{}, missingQueue(at, name, err)
	}
	state := c.QueueState(ctx, raw)
	q := countedQueue{raw: raw, kind: raw.At("type"), state: state, node: nodeOf(raw),
		consumers: queues.ConsumerCount(raw, state),
		exclusive: raw.At("exclusive").Text() == "true", owner: raw.At("owner_pid_details.name").Text()}
	has, err := c.QueueCount(ctx, vhost, name, q.kind.Text())
	if err != nil {
		return countedQueue{}, err
	}
	q.ready, q.unacked = has.Ready, has.Unacked
	var readyKnown, unackedKnown bool
	q.readyCount, readyKnown = q.ready.Int()
	q.unackedCount, unackedKnown = q.unacked.Int()
	q.countsKnown = readyKnown && unackedKnown
	q.bindings, err = boundTo(ctx, at, name)
	return q, err
}

// nodeOf returns the node of a queue. If the broker names none, it returns the nodes of the members: 3.10 names no node
// for a quorum queue without a leader.
func nodeOf(raw record.Value) record.Value {
	for _, key := range []string{"node", "leader"} {
		if node := raw.At(key); node.Text() != "" {
			return node
		}
	}
	var members []string
	raw.At("members").Each(func(v record.Value) { members = append(members, v.Text()) })
	return record.Of(strings.Join(members, ", "))
}

// boundTo returns how many bindings a queue has, without that of the default exchange; absent if the broker does not
// report it.
func boundTo(ctx context.Context, at Site, name string) (record.Value, error) {
	sources, err := record.Texts(at.Broker.QueueBindings(ctx, at.VHost, name, record.Named("source")))
	switch {
	case broker.Status(err) >= 500 && broker.ReasonOf(err) == "":
		return nil, nil // 4.3 cannot list a binding to an exchange whose name is not UTF-8
	case err != nil:
		return nil, err
	}
	return record.Of(len(slices.DeleteFunc(sources, func(source string) bool { return source == "" }))), nil
}

// hits returns what a destructive command shows before it acts.
func (q countedQueue) hits() record.Document {
	column := record.Column{Kind: record.Count}
	named := func(name string) record.Column { c := column; c.Name = name; return c }
	return record.Document{record.Fields("",
		record.Field{Column: record.Column{Name: "vhost"}, Value: q.raw.At("vhost")},
		record.Field{Column: record.Column{Name: "name"}, Value: q.raw.At("name")},
		record.Field{Column: record.Column{Name: "type"}, Value: q.kind},
		record.Field{Column: record.Column{Name: "state"}, Value: q.state},
		record.Field{Column: named("messages_ready"), Value: q.ready},
		record.Field{Column: named("messages_unacknowledged"), Value: q.unacked},
		record.Field{Column: named("consumers"), Value: q.consumers},
		record.Field{Column: named("bindings"), Value: q.bindings},
	)}
}

// ages returns a note on the counts in hits: how old they can be, or that they are not known.
func (q countedQueue) ages() []string {
	switch {
	case q.stopped():
		// If only RabbitMQ is stopped on the node, 4.3 deletes the queue. If the node itself is down, 4.3 refuses.
		return []string{fmt.Sprintf("the queue does not run (state %s, node %s): how many messages it holds is not known, "+
			"and the broker may refuse this change until the queue runs again", q.state.Text(), q.node.Text())}
	case !q.countsKnown && q.state.Text() == "minority":
		// 4.3 gives up a purge or a deletion after 30 s, but can still carry it out when the members run again.
		return []string{"half or more of the queue's members do not run: how many messages the queue holds is not " +
			"known, and the broker may make this change later, when these members run again"}
	case !q.countsKnown:
		return []string{"how many messages the queue holds is not known: is its node down?"}
	case !q.consumers.Known():
		return []string{"the broker does not report how many consumers the queue has"}
	case q.kind.Text() == "stream":
		return []string{"message counts of a stream can be up to 10 s old, consumer counts up to 5 s"}
	case q.lags():
		return []string{"the counts of messages and consumers of a " + q.kind.Text() + " queue can be up to 5 s old"}
	}
	return []string{"the count of consumers can be up to 5 s old"}
}

// settle calls look until it returns true, or until the time given by within has passed. It is for changes that the
// broker reports with a delay.
func settle(ctx context.Context, at Site, within time.Duration, look func() (bool, error)) (bool, error) {
	return at.Until(ctx, within, 20*time.Millisecond, 500*time.Millisecond, look)
}

// unseen returns the error for a change that the broker accepted, but whose effect could not be read.
func unseen(change, name string, err error) error {
	e := fail.New(fail.Incomplete, "the broker accepted the %s of queue %s, but its effect could not be seen: %w", change,
		name, err)
	e.Hint = fail.HintOf(err)
	return e
}

// wentAway turns a 404 answer to the change into the error that the queue disappeared before the change.
func wentAway(change, name string, err error) error {
	if !broker.IsNotFound(err) {
		return err
	}
	return fail.New(fail.NotFound, "queue %s disappeared before it could be %s: %w", name, change, err)
}
