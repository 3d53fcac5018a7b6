package change

import (
	"context"
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/amqp"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/messages"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// moving is one run of move_messages.
type moving struct {
	from, to string
	limit    int
	expect   expectation
	at       Site
}

// MoveMessages moves what is ready in a queue to another one of the same virtual host.
func MoveMessages() Op {
	m := &moving{}
	return Op{
		Name: "move_messages", Noun: "queue", Scoped: true, AMQP: true, Lasting: true,
		Params: []Param{Arg("source", &m.from, QueueNames), Arg("destination", &m.to, QueueNames),
			WholeFlag("limit", "move `N` messages at most; 0 for all that are ready", &m.limit), m.expect.flag("the source")},
		Check: func() error {
			switch {
			case m.limit < 0:
				return fail.Usagef("--limit %d is below 0", m.limit)
			case m.from == m.to:
				return fail.Usagef("source and destination are the same queue")
			}
			return nil
		},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			m.at = at
			return m.plan(ctx)
		},
	}
}

func (m *moving) plan(ctx context.Context) (*Plan, error) {
	source, err := m.sourceAsExpected(ctx)
	if err != nil {
		return nil, err
	}
	destination, err := destinationOf(ctx, m.at, m.to)
	if err != nil {
		return nil, err
	}
	if err := noAlarm(ctx, m.at); err != nil {
		return nil, err
	}
	e, err := messages.Reach(ctx, m.at.Broker, m.at.AMQP, m.at.VHost)
	if err != nil {
		return nil, err
	}
	ready, err := m.wanted(ctx, e)
	if err != nil {
		return nil, err
	}
	there, err := messages.Ready(ctx, e, m.to)
	if err == nil {
		err = destination.room(m.at, m.to, there, ready)
	}
	if err != nil {
		return nil, err
	}
	if ready == 0 {
		return &Plan{Done: &Outcome{Word: "unchanged", Notes: []string{"queue " + m.from + " has no ready messages"}}}, nil
	}
	plan := Once(fmt.Sprintf("move %s from queue %s to queue %s in virtual host %s",
		prose.Plural(int(ready), "message", "messages"), m.from, m.to, m.at.VHost), "moved", nil)
	plan.Hits = append(titled("source", source.hits()), titled("destination", destination.hits())...)
	plan.Notes = source.ages()
	plan.Steps[0].Do = func(ctx context.Context) (Outcome, error) { return m.do(ctx, source) }
	if n, _ := source.consumers.Int(); n > 0 {
		plan.Notes = append(plan.Notes, fmt.Sprintf("queue %s has %s, and what they take is not moved", m.from,
			consumersOf(source.consumers)))
	}
	return plan, nil
}

// sourceAsExpected counts the source. Where a number is expected it waits until the count cannot be old.
func (m *moving) sourceAsExpected(ctx context.Context) (countedQueue, error) {
	source, err := sourceOf(ctx, m.at, m.from)
	if err != nil || m.expect.text == "" {
		return source, err
	}
	return (&guard{expect: m.expect}).look(ctx, m.at, m.from)
}

// titled is the document with a title for its first section.
func titled(title string, d record.Document) record.Document {
	d[0].Name = title
	return d
}

// wanted is how many messages are to be moved: those that are ready now, or the limit.
func (m *moving) wanted(ctx context.Context, e amqp.Endpoint) (int64, error) {
	ready, err := messages.Ready(ctx, e, m.from)
	if m.limit > 0 {
		ready = min(ready, int64(m.limit))
	}
	return ready, err
}

// do moves the messages that are ready now.
func (m *moving) do(ctx context.Context, q countedQueue) (Outcome, error) {
	e, err := messages.ReachToChange(ctx, m.at.Broker, m.at.AMQP, m.at.VHost)
	if err != nil {
		return Outcome{}, err
	}
	want, err := m.wanted(ctx, e)
	if err != nil {
		return Outcome{}, err
	}
	way := passage{word: "moved", from: m.from, to: m.to, kind: q.kind.Text(), size: q.bodySize(), want: want}
	return way.carry(ctx, m.at, e)
}
