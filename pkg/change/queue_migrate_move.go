package change

import (
	"context"
	"fmt"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/messages"
)

// choose chooses the way to move messages, unless --via names it: over AMQP, or by a shovel if no AMQP port can be
// reached from here. from is the name of an existing queue.
func (m *migration) choose(ctx context.Context, from, to string) error {
	if m.via != byShovel {
		e, err := messages.Reach(ctx, m.at.Broker, m.at.AMQP, m.at.VHost)
		if err == nil {
			_, err = messages.Ready(ctx, e, from)
		}
		if err != nil && (m.via == byAMQP || !messages.Unreached(err)) {
			return withoutAMQP(err)
		}
		if m.via = byAMQP; err != nil {
			m.via, m.unreached = byShovel, err.Error()
		}
	}
	if m.via != byShovel {
		return nil
	}
	err := canShovel(ctx, m.at)
	if err == nil {
		_, err = oneOff{at: m.at, from: from, to: to}.left(ctx)
	}
	if err != nil && m.unreached != "" {
		e := fail.New(fail.KindOf(err), "rabbitctl cannot move messages over AMQP (%s); %w", m.unreached, err)
		e.Hint = fail.HintOf(err)
		return e.Say("--amqp-url names the address of the broker's AMQP port")
	}
	return err
}

// withoutAMQP adds to an error two next steps: use a shovel, or another address.
func withoutAMQP(err error) error {
	e := fail.New(fail.KindOf(err), "%w", err)
	return e.Next("--via shovel lets the broker move the messages").Do(fail.GiveAMQP)
}

// move moves the messages of one queue to another, and returns their number.
func (m *migration) move(ctx context.Context, from, to string) (moved int64, notes []string, err error) {
	before, err := countQueue(ctx, m.at, from)
	empty := before.countsKnown && before.readyCount+before.unackedCount == 0
	if err != nil || empty && !before.lags() {
		return 0, nil, err
	}
	err = m.choose(ctx, from, to)
	if err != nil && empty {
		// The broker counts no messages in the queue, so perhaps no message has to be moved. This count can be out of date.
		// So replace counts the messages again, later, before it deletes the queue.
		return 0, nil, nil
	}
	if err != nil {
		return 0, nil, err
	}
	if m.via == byShovel {
		moved, err = oneOff{at: m.at, from: from, to: to}.move(ctx)
		return moved, nil, err
	}
	t := &taking{queue: from, remove: true}
	if err := t.look(ctx, m.at); err != nil {
		return 0, nil, err
	}
	if _, err := t.reach(ctx); err != nil || t.empty() {
		return 0, nil, err
	}
	_, counts, changes, err := t.carry(ctx, "moved", messages.Republish{}, func(*messages.Message) string { return to })
	if err != nil {
		err = t.early("moved", counts, err)
	}
	return counts.Safe, changes.Told(), err
}

// settled waits until the shovel of an interrupted run has finished. Then it waits some time until the broker counts no
// consumer of the two queues: the broker still counts a shovel or a killed program for a while. If the parking queue
// has a consumer even after that, another run may still be active, and settled returns an error: if two runs are active
// at the same time, one can delete the queue that the other has declared. In a dry run, settled does not wait. If the
// user may not see shovels, the interrupted run cannot have used a shovel.
func (m *migration) settled(ctx context.Context) error {
	if m.at.DryRun {
		return nil
	}
	for _, from := range []string{m.name, m.parking()} {
		o := oneOff{at: m.at, from: from}
		if _, err := o.ended(ctx); err != nil && fail.KindOf(err) != fail.Denied {
			return fail.New(fail.Incomplete, "shovel '%s' of an interrupted run goes on: %w", o.name(), err).
				Next("a longer --timeout; or rabbitctl clear_parameter -p %s shovel %s, then run the same command again to finish "+
					"the rest",
					fail.Word(m.at.VHost), fail.Word(o.name()))
		}
	}
	waited, err := m.unread(ctx, m.name, m.parking())
	if err == nil && waited {
		// The consumer can have ended because the other run has emptied the first queue, and reads the parking queue next.
		// The broker counts that consumer only after some seconds.
		err = m.at.Sleep(ctx, LagOfQueue("quorum"))
	}
	if err != nil {
		return err
	}
	park, err := countQueue(ctx, m.at, m.parking())
	if MissingOf(err) != nil {
		return fail.New(fail.Data, "refused: another run of this command has deleted queue %s just now", m.parking()).
			Next("run the same command again when that run has ended: it says whether something is left to do")
	}
	if consumers, _ := park.consumers.Int(); consumers == 0 || err != nil { // an unknown count refuses nothing
		return err
	}
	return fail.New(fail.Data, "refused: queue %s has %s: another run of this command may still move its messages",
		m.parking(), consumersOf(park.consumers)).
		Next("run the same command again when that run has ended; %s names the consumers", showQueue(m.at, m.parking()))
}

// emptied waits some seconds until the broker counts a queue as empty, if the counts of the queue can be out of date.
// It can wait in vain: the queue may have got new messages.
func (m *migration) emptied(ctx context.Context, name string) error {
	_, err := settle(ctx, m.at, LagOfQueue("quorum"), func() (bool, error) {
		q, err := countQueue(ctx, m.at, name)
		return !q.lags() || q.countsKnown && q.readyCount+q.unackedCount == 0, err
	})
	return err
}

// unread waits until the broker counts no consumer and no unacknowledged message of the queues. After 45 s it stops
// waiting, and returns no error. The broker counts a consumer for up to 9 s after the consumer has ended, or longer if
// the queue's node was started meanwhile: some 20 s were seen on 4.3. waited means that unread had to wait.
func (m *migration) unread(ctx context.Context, names ...string) (waited bool, err error) {
	_, err = settle(ctx, m.at, 45*time.Second, func() (bool, error) {
		for _, name := range names {
			q, err := countQueue(ctx, m.at, name)
			if MissingOf(err) != nil {
				continue
			}
			if consumers, known := q.consumers.Int(); err == nil && known && consumers > 0 {
				m.at.Waiting("queue %s has %s, which can be those of this command", name, consumersOf(q.consumers))
			}
			if err != nil || q.consumers.Text() != "0" || q.unackedCount > 0 {
				waited = true
				return false, err
			}
		}
		return true, nil
	})
	return waited, err
}

// carries says in words how messages are moved.
func (m *migration) carries() string {
	switch {
	case m.unreached != "":
		return fmt.Sprintf("messages are moved by a shovel on the broker, since rabbitctl cannot move them over AMQP: %s",
			m.unreached)
	case m.via == byShovel:
		return "messages are moved by a shovel on the broker"
	}
	return "messages are moved over AMQP by this program"
}
