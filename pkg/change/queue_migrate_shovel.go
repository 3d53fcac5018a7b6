package change

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// shovel is the name of the shovel that moves them.
func (m *migration) shovel(from string) string { return "migrate " + from }

// move lets a shovel move what is in a queue, and waits until it is done. It counts at both ends.
func (m *migration) move(ctx context.Context, from, to string) (moved int64, err error) {
	before, err := countQueue(ctx, m.at, from)
	if err != nil || before.readyCount == 0 && before.countsKnown {
		return 0, err
	}
	if err := m.canShovel(ctx); err != nil {
		return 0, err
	}
	there, err := countQueue(ctx, m.at, to)
	if err != nil {
		return 0, err
	}
	had, _ := holds(there)
	here := "amqp:///" + url.PathEscape(m.at.VHost)
	value, err := json.Marshal(map[string]any{"src-uri": here, "src-queue": from, "src-delete-after": "queue-length",
		"dest-uri": here, "dest-queue": to, "ack-mode": "on-confirm", "dest-add-forward-headers": false})
	if err != nil {
		return 0, err
	}
	if err := m.begin(ctx, from, value); err != nil {
		return 0, err
	}
	if err := m.ended(ctx, from); err != nil {
		return 0, err
	}
	return m.arrived(ctx, to, before.readyCount, had)
}

// begin sets the shovel. Where the broker failed and kept it all the same, the shovel may never start (seen on 3.10 while
// a node of the cluster was stopping), so it is set once more.
func (m *migration) begin(ctx context.Context, from string, value []byte) error {
	b, name := m.at.Broker, m.shovel(from)
	before := b.AnswerLost()
	err := b.SetParameter(ctx, "shovel", m.at.VHost, name, value)
	if err != nil || before || !b.AnswerLost() {
		return err
	}
	if err := b.ClearParameter(ctx, "shovel", m.at.VHost, name); err != nil && !broker.IsNotFound(err) {
		return err
	}
	return b.SetParameter(ctx, "shovel", m.at.VHost, name, value)
}

// ended waits until the shovel has removed itself. The time is that of the whole command.
func (m *migration) ended(ctx context.Context, from string) error {
	name, why := m.shovel(from), ""
	for {
		_, err := m.at.Broker.Parameter(broker.Believing(ctx), "shovel", m.at.VHost, name)
		if broker.IsNotFound(err) {
			return nil
		}
		if err == nil {
			if has, err := countQueue(ctx, m.at, from); err == nil {
				m.at.Waiting("shovel %s moves %s messages", name, has.ready.Text())
				if why = ""; has.stopped() {
					why = fmt.Sprintf(" (node %s of queue %s does not run)", has.node.Text(), from)
				}
			} else if ctx.Err() == nil {
				why = fmt.Sprintf(" (%v)", err)
			}
			err = m.at.Sleep(ctx, 500*time.Millisecond)
		}
		if err != nil {
			return fail.New(fail.Incomplete, "shovel %s is not done yet%s, and goes on without this command: %w", name, why,
				err).Next("rabbitctl shovel_status shows its state; the same command with a longer --timeout finishes the rest")
		}
	}
}

// settled waits until the shovel of an interrupted run is done, and is no longer counted as a consumer of the queue.
func (m *migration) settled(ctx context.Context) error {
	if m.at.DryRun {
		return nil
	}
	for _, name := range []string{m.name, m.parking()} {
		if err := m.ended(ctx, name); err != nil {
			return err
		}
	}
	return m.unread(ctx, m.name)
}

// unread waits until a queue seems to have no consumer. A shovel that has ended is counted as one for up to 9 s, and for
// longer where the queue's node was started meanwhile: some 20 s were seen on 4.3.
func (m *migration) unread(ctx context.Context, name string) error {
	_, err := settle(ctx, m.at, 45*time.Second, func() (bool, error) {
		q, err := countQueue(ctx, m.at, name)
		if MissingOf(err) != nil {
			return true, nil
		}
		if consumers, known := q.consumers.Int(); err == nil && known && consumers > 0 {
			m.at.Waiting("queue %s has %s, which can be the shovel", name, consumersOf(q.consumers))
		}
		return q.consumers.Text() == "0" && q.unackedCount == 0, err
	})
	return err
}

// holds is how many messages a queue has. While a node is missing only the statistics tell that of a quorum queue, up to
// 10 s late (measured on 3.10 and 4.3).
func holds(q countedQueue) (count int64, known bool) {
	if q.countsKnown {
		return q.readyCount + q.unackedCount, true
	}
	return q.raw.At("messages").Int()
}

// arrived waits until the messages are counted at their new place.
func (m *migration) arrived(ctx context.Context, to string, sent, before int64) (int64, error) {
	var count int64
	var known bool
	all, err := settle(ctx, m.at, LagOfQueue("stream")+time.Second, func() (bool, error) {
		has, err := countQueue(ctx, m.at, to)
		if err == nil {
			count, known = holds(has)
		}
		return known && count >= before+sent, err
	})
	switch {
	case err != nil || all:
		return sent, err
	case !known:
		return sent, fail.New(fail.Incomplete, "%d messages went to queue %s, and the broker does not tell how many it holds now",
			sent, to).Next("do all nodes run? rabbitctl list_nodes; the same command goes on")
	}
	return sent, fail.New(fail.Incomplete, "%d messages went to queue %s, but it holds %d more only", sent, to,
		count-before).
		Next("did some expire, or does somebody read it? if that is well, the same command goes on")
}

// canShovel is an error where the broker has no shovels.
func (m *migration) canShovel(ctx context.Context) error {
	_, err := record.Texts(m.at.Broker.Shovels(ctx, m.at.VHost, record.Named("name")))
	if err != nil {
		return fail.New(fail.KindOf(err), "messages are moved by a shovel: %w", err)
	}
	return nil
}
