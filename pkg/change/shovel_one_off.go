package change

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/messages"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// byShovel and byAMQP are the two ways to move messages.
const (
	byShovel = "shovel"
	byAMQP   = "amqp"
)

// viaFlag returns the option --via, which chooses byShovel or byAMQP.
func viaFlag(into *string, help string) Param {
	return Flag("via", help, into, byAMQP, byShovel).Own()
}

func checkVia(via string) error {
	if via != "" && via != byAMQP && via != byShovel {
		return fail.Usagef("--via %s is neither %s nor %s", via, byAMQP, byShovel)
	}
	return nil
}

// oneOff is a shovel on the broker. It moves the messages of a queue to another queue of the same virtual host, and
// then removes itself. It goes on if this program is killed; the next run finds it by its name.
type oneOff struct {
	at       Site
	from, to string
	// limit is how many messages the shovel moves at most; 0 means as many as the queue has when the shovel begins.
	limit int64
	// read means that the arriving messages cannot be counted, because a consumer may take messages from the destination
	// or because the shovel of an earlier run already moves them.
	read bool
}

// mostStalled is how long to wait for a shovel that moves nothing. It is more than 10 s, because the counts can be up
// to 10 s old.
const mostStalled = 30 * time.Second

func (o oneOff) name() string { return "rabbitctl " + o.from }

// definition returns the definition of the shovel. If the shovel dies, the messages that it took and did not
// acknowledge can exist twice. So it may take at most as many messages at once as this program does.
func (o oneOff) definition() (json.RawMessage, error) {
	here := "amqp:///" + url.PathEscape(o.at.VHost)
	after := any("queue-length")
	if o.limit > 0 {
		after = o.limit
	}
	return json.Marshal(map[string]any{"src-uri": here, "src-queue": o.from, "src-delete-after": after,
		"src-prefetch-count": messages.Window, "dest-uri": here, "dest-queue": o.to, "ack-mode": "on-confirm",
		"dest-add-forward-headers": false})
}

// left reports whether an interrupted run left its shovel. If that shovel moves the messages to another queue, left
// returns an error.
func (o oneOff) left(ctx context.Context) (there bool, err error) {
	found, err := o.at.Broker.Parameter(ctx, "shovel", o.at.VHost, o.name())
	if broker.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if to := found.At("value.dest-queue").Text(); to != o.to {
		return true, fail.New(fail.Data, "refused: shovel '%s', which another run of rabbitctl began, moves the "+
			"messages of queue %s to queue %s",
			o.name(), o.from, to).Next("wait until it has moved all and removed itself; or end it: "+
			"rabbitctl clear_parameter -p %s shovel %s", fail.Word(o.at.VHost), fail.Word(o.name()))
	}
	return true, nil
}

// move starts the shovel, or finds the one of an interrupted run, and waits until it ends. It counts the messages of
// both queues to know how many were moved.
func (o oneOff) move(ctx context.Context) (moved int64, err error) {
	before, err := countQueue(ctx, o.at, o.from)
	if err != nil {
		return 0, err
	}
	there, err := countQueue(ctx, o.at, o.to)
	if err != nil {
		return 0, err
	}
	if sent, _ := holds(before); sent == 0 {
		if before, err = o.countedLate(ctx, o.from); err != nil {
			return 0, err
		}
	}
	sent, _ := holds(before)
	had, _ := holds(there)
	again, err := o.left(ctx)
	if err != nil || sent == 0 && before.countsKnown && !again {
		return 0, err
	}
	if again {
		// The old shovel moves messages while this program counts, so the counts do not show how many it moves.
		o.read = true
	} else if err := o.begin(ctx); err != nil {
		return 0, err
	}
	idle, err := o.ended(ctx)
	if idle || err != nil {
		if _, known := holds(before); !known {
			sent = 0
		}
		return o.stopped(ctx, sent, err)
	}
	if o.limit > 0 {
		sent = min(sent, o.limit)
	}
	return o.arrived(ctx, sent, had)
}

// begin declares the shovel. If the broker failed but kept the shovel anyway, that shovel may never start (seen on 3.10
// while a node of the cluster was stopping). So begin deletes it and declares it again.
func (o oneOff) begin(ctx context.Context) error {
	value, err := o.definition()
	if err != nil {
		return err
	}
	b := o.at.Broker
	before := b.AnswerLost()
	err = b.SetParameter(ctx, "shovel", o.at.VHost, o.name(), value)
	if err != nil || before || !b.AnswerLost() {
		return err
	}
	if err := o.remove(ctx); err != nil {
		return err
	}
	return b.SetParameter(ctx, "shovel", o.at.VHost, o.name(), value)
}

func (o oneOff) remove(ctx context.Context) error {
	err := o.at.Broker.ClearParameter(ctx, "shovel", o.at.VHost, o.name())
	if broker.IsNotFound(err) {
		return nil
	}
	return err
}

// ended waits until the shovel has removed itself. idle means that the queue is empty, but the shovel still exists: if
// consumers take messages from its queue, too, the shovel waits for more.
func (o oneOff) ended(ctx context.Context) (idle bool, err error) {
	why, had, since := "", int64(-1), o.at.Now()
	for {
		_, err := o.at.Broker.Parameter(broker.Believing(ctx), "shovel", o.at.VHost, o.name())
		switch {
		case broker.IsNotFound(err):
			return false, nil
		case fail.KindOf(err) == fail.Denied:
			return false, err
		}
		if err == nil {
			var has int64
			var known bool
			has, known, why = o.progress(ctx)
			if !known || has != had {
				had, since = has, o.at.Now()
			}
			switch stalled := o.at.Now().Sub(since); {
			case known && has == 0 && stalled > LagOfQueue("quorum"):
				return true, nil
			case stalled > mostStalled:
				return false, fail.New(fail.Incomplete, "it moved nothing for %s%s", mostStalled, why)
			}
			err = o.at.Sleep(ctx, 500*time.Millisecond)
		}
		if err != nil {
			return false, fail.New(fail.Incomplete, "it has not moved all messages%s: %w", why, err)
		}
	}
}

// progress returns how many messages the queue still has, and the reason why the shovel cannot move them.
func (o oneOff) progress(ctx context.Context) (has int64, known bool, why string) {
	q, err := countQueue(ctx, o.at, o.from)
	if err != nil {
		return 0, false, fmt.Sprintf(" (%v)", err)
	}
	has, known = holds(q)
	o.at.Waiting("shovel '%s' moves %s messages", o.name(), q.ready.Text())
	if q.stopped() {
		why = fmt.Sprintf(" (queue %s does not run: state %s, node %s)", o.from, q.state.Text(), q.node.Text())
	}
	return has, known, why
}

// removing is how long the removal of a shovel may take after the command has ended.
const removing = 10 * time.Second

// stopped removes a shovel that has not removed itself, and returns how many messages it moved.
func (o oneOff) stopped(ctx context.Context, sent int64, why error) (moved int64, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), removing)
	defer cancel()
	if err := o.remove(ctx); err != nil {
		if why == nil {
			return 0, err
		}
		return 0, fail.New(fail.Incomplete, "this command ends, but shovel '%s' still runs: %w (it could not be removed: "+
			"%v)", o.name(), why, err).
			Next("rabbitctl clear_parameter -p %s shovel %s ends it", fail.Word(o.at.VHost), fail.Word(o.name()))
	}
	q, odd := o.countedLate(ctx, o.from)
	if has, known := holds(q); odd == nil && known {
		moved = max(0, sent-has)
	}
	if why == nil {
		return moved, nil
	}
	return moved, fail.New(fail.Incomplete, "shovel '%s' was removed: %w; up to %d messages may be in both queues",
		o.name(), why, messages.Window).Next("run the same command again to move the rest")
}

// canShovel returns an error if shovels cannot be listed, as when their plugin is off. A shovel does not need the tag
// monitoring, but the list of shovels does: if the broker refuses that list, it has the plugin. oneOff.left returns an
// error if the user may not declare a shovel.
func canShovel(ctx context.Context, at Site) error {
	_, err := record.Texts(at.Broker.Shovels(ctx, at.VHost, record.Named("name")))
	if err != nil && fail.KindOf(err) != fail.Denied {
		e := fail.New(fail.KindOf(err), "moving messages needs a shovel: %w", err)
		e.Hint = fail.HintOf(err)
		return e
	}
	return nil
}
