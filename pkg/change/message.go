package change

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// Changes of messages use AMQP, except a move by a shovel. Before they take a message, they ask the management API for
// what could stop them halfway.

// setting returns the value in effect of a property that an argument or a policy sets for the queue; nil if neither
// sets it. key is the name of the argument: x-max-length.
func (q countedQueue) setting(key string) record.Value {
	value, _, set := topology.Effective(q.kind.Text(), key, q.raw.At("arguments").Map(),
		q.raw.At("effective_policy_definition").Map())
	if !set {
		return nil
	}
	return record.Of(value)
}

// showQueue returns the command that an error about a queue suggests as the next step.
func showQueue(at Site, name string) string {
	return fail.Command("show_queue", "-p", at.VHost, name)
}

// showsNodes says how to find out why a queue does not run.
func showsNodes(at Site, name string) string {
	return showQueue(at, name) + " shows its nodes; rabbitctl list_nodes shows which nodes run"
}

// sourceOf counts the messages of a queue from which messages are to be taken. It refuses an exclusive queue, a queue
// that does not run, a queue with an exclusive or a single active consumer, and a stream unless its messages are only
// read.
func sourceOf(ctx context.Context, at Site, name string, reads bool) (countedQueue, error) {
	q, err := countQueue(ctx, at, name)
	if err != nil {
		return q, err
	}
	consumers, _ := q.consumers.Int()
	switch {
	case q.exclusive:
		return q, q.exclusiveTo(name)
	case q.kind.Text() == "stream" && !reads:
		return q, fail.New(fail.Data, "refused: %s is a stream: it keeps messages that were read, so none can be taken "+
			"out of it", name).
			Next("%s reads it", fail.CommandWith([]string{"-p", at.VHost, "--offset", "first"}, "peek_messages", name))
	case q.stopped():
		return q, fail.New(fail.Unavailable, "queue %s does not run: its state is %s", name, q.state.Text()).
			Next("%s", showsNodes(at, name))
	case q.setting("x-single-active-consumer").Text() == "true" && consumers > 0:
		return q, fail.New(fail.Data, "refused: queue %s delivers only to its single active consumer, and has %s", name,
			consumersOf(q.consumers)).Next("stop the consumers first: %s names them", showQueue(at, name))
	case q.alone():
		return q, fail.New(fail.Data, "refused: queue %s has an exclusive consumer", name).
			Next("stop the consumer first: %s names it", showQueue(at, name))
	}
	return q, nil
}

// alone reports whether the queue has an exclusive consumer. A classic queue then refuses another consumer; a quorum
// queue does not, and would let its messages be taken (measured on 3.10 and 4.3).
func (q countedQueue) alone() (is bool) {
	q.raw.At("consumer_details").Each(func(c record.Value) {
		exclusive, _ := c.At("exclusive").Bool()
		is = is || exclusive
	})
	return is
}

// destinationOf counts the messages of a queue that is to get messages. It refuses an exclusive queue, a stream, and a
// queue that cannot accept messages now.
func destinationOf(ctx context.Context, at Site, name string) (countedQueue, error) {
	q, err := countQueue(ctx, at, name)
	if err != nil {
		return q, err
	}
	switch {
	case q.exclusive:
		return q, q.exclusiveTo(name)
	case q.kind.Text() == "stream":
		return q, fail.New(fail.Data, "refused: queue %s is a stream, and this command publishes to no stream: "+
			"a stream cannot keep arrays, tables and decimals in headers", name).Next("name a classic or a quorum queue")
	case q.stopped(), q.state.Text() == "minority":
		return q, fail.New(fail.Unavailable, "refused: queue %s cannot take messages now: its state is %s", name,
			q.state.Text()).
			Next("%s", showsNodes(at, name))
	}
	return q, nil
}

// unlimited stands for a number of messages that is known only after they have arrived.
const unlimited = math.MaxInt64

// room returns an error if the queue's max-length would drop or refuse some of the arriving messages. ready is how many
// messages the queue has already.
func (q countedQueue) room(at Site, name string, ready, arriving int64) error {
	most, limited := q.setting("x-max-length").Int()
	if !limited || arriving <= most-ready {
		return nil
	}
	does := "would drop its oldest messages"
	if strings.HasPrefix(q.setting("x-overflow").Text(), "reject-publish") {
		does = "would refuse the rest"
	}
	amount := fmt.Sprintf("%d more do not fit", arriving)
	if arriving == unlimited {
		amount = "more can come than fit"
	}
	e := fail.New(fail.Data, "refused: queue %s holds %s, and its max-length is %d: %s, and it %s", name,
		prose.Plural(int(ready), "message", "messages"), most, amount, does)
	if most > ready {
		return e.Next("--limit %d takes as many as the queue has room for", most-ready)
	}
	return e.Next("%s", showQueue(at, name))
}

// perils returns warnings about ways in which messages that arrive in the queue can be lost: its limit of bytes, and a
// dead-letter cycle.
func (q countedQueue) perils(ctx context.Context, at Site, name string) (dangers []string, err error) {
	rings, err := q.rings(ctx, at, name)
	most, limited := q.setting("x-max-length-bytes").Int()
	overflow := q.setting("x-overflow").Text()
	// A quorum queue knows no reject-publish-dlx, and drops its oldest messages.
	if limited && overflow != "reject-publish" && (overflow != "reject-publish-dlx" || q.kind.Text() == "quorum") {
		dangers = []string{fmt.Sprintf("queue %s holds %s at most (max-length-bytes), and drops its oldest messages when more "+
			"arrive", name, prose.Bytes(float64(most)))}
	}
	return append(dangers, rings...), err
}

// rings returns a warning if the queue is part of a dead-letter cycle that needs no rejection: each of its queues has a
// TTL or a length limit. In such a cycle the broker does not put a message into the same queue again: it drops the
// message, or keeps it in the queue before (dead-letter strategy at-least-once).
func (q countedQueue) rings(ctx context.Context, at Site, name string) (dangers []string, err error) {
	limited := q.setting("x-message-ttl").Known() || q.setting("x-max-length").Known() ||
		q.setting("x-max-length-bytes").Known()
	if !limited || !q.setting("x-dead-letter-exchange").Known() {
		return nil, nil
	}
	way, err := survey.NewRouter(at.Broker, at.VHost).Ring(ctx, name)
	if way != "" {
		dangers = []string{fmt.Sprintf("messages that expire in queue %s, or go over its length limit, are "+
			"dead-lettered in a cycle, and the broker can drop them in it without an error: %s", name, way)}
	}
	return dangers, err
}

// noAlarm returns an error while the broker blocks publishers.
func noAlarm(ctx context.Context, at Site) error {
	alarms, err := survey.Alarms(ctx, at.Broker)
	switch {
	case fail.KindOf(err) == fail.Denied: // the user has no tag monitoring: publishing shows whether the broker blocks
		return nil
	case err != nil:
		return err
	case len(alarms) == 0:
		return nil
	}
	return fail.New(fail.Unavailable, "refused: the broker blocks all publishers: %s", health.AlarmWords(alarms)).
		Next("rabbitctl explain_blocked says what to do")
}

// bodySize returns the average size of a message body in the queue, in bytes; 0 if it is not known.
func (q countedQueue) bodySize() int64 {
	bytes, known := q.raw.At("message_bytes").Int()
	count, counted := q.raw.At("messages").Int()
	if !known || !counted || count == 0 {
		return 0
	}
	return bytes / count
}
