package change

import (
	"context"
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/messages"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// moving is one run of move_messages or copy_messages.
type moving struct {
	taking
	to string
	// does and did are two forms of the verb that names the change: move and moved, or copy and copied.
	does, did string
	// via is the way to move messages; "" means over AMQP.
	via string
}

// MoveMessages publishes the ready messages of a queue to another queue of the same virtual host, and removes them from
// the first one.
func MoveMessages() Op {
	m := &moving{does: "move", did: "moved", taking: taking{remove: true}}
	return m.op()
}

// CopyMessages publishes the ready messages of a queue to another queue, and leaves them where they are.
func CopyMessages() Op {
	m := &moving{does: "copy", did: "copied"}
	return m.op(m.offsetFlag())
}

// vias is the help of --via.
func (m *moving) vias() string {
	if m.remove {
		return "what moves the messages: this program over amqp (default), or a shovel on the broker"
	}
	return "what copies the messages: only amqp works (default), which is this program over AMQP; shovel is refused, " +
		"since a shovel cannot copy"
}

func (m *moving) op(more ...Param) Op {
	return Op{
		Name: m.does + "_messages", Noun: "queue", Scoped: true, AMQP: true, Lasting: true,
		Params: append(append([]Param{Arg("source", &m.queue, QueueNames), Arg("destination", &m.to, QueueNames),
			m.expect.Param("the source holds"), viaFlag(&m.via, m.vias())}, more...), m.params(m.does)...),
		Check: m.check,
		Plan:  m.plan,
	}
}

func (m *moving) check() error {
	switch {
	case m.queue == m.to:
		return fail.Usagef("source and destination are the same queue")
	case m.via == byShovel && !m.remove:
		return fail.Usagef("a shovel removes what it moves, so it cannot copy").
			Next("leave --via out to copy over AMQP, or give both queues the same " +
				"bindings: then both get what is published from now on")
	case m.via == byShovel && m.where != "":
		return fail.Usagef("a shovel moves whatever comes first, so --where is not possible with --via shovel").
			Next("leave --via out: the move then goes over AMQP, and --where works")
	}
	if err := checkVia(m.via); err != nil {
		return err
	}
	return m.taking.check()
}

func (m *moving) plan(ctx context.Context, at Site) (*Plan, error) {
	if m.via == byShovel && m.expect.text == "" {
		// A shovel does not report how many messages it moved: rabbitctl computes this from the counts of the queues. So
		// these counts must be known and up to date. If an expectation is set, look waits for such counts.
		m.expect = Expectation{text: "any number", high: unlimited}
	}
	if err := m.look(ctx, at); err != nil {
		return nil, err
	}
	destination, err := destinationOf(ctx, at, m.to)
	if err != nil {
		return nil, err
	}
	if err := noAlarm(ctx, at); err != nil {
		return nil, err
	}
	dangers, err := destination.perils(ctx, at, m.to)
	if err != nil {
		return nil, err
	}
	if m.via == byShovel {
		return m.planShovel(ctx, destination, dangers)
	}
	e, err := m.reach(ctx)
	if m.remove && messages.Unreached(err) {
		err = withoutAMQP(err)
	}
	if err != nil {
		return nil, err
	}
	there, err := messages.Ready(ctx, e, m.to)
	if err == nil {
		err = destination.room(at, m.to, there, m.most())
	}
	if err != nil {
		return nil, err
	}
	if m.empty() {
		return m.nothing(), nil
	}
	plan := Once(fmt.Sprintf("%s %s from queue %s to queue %s in virtual host %s", m.does, m.amount(), m.queue, m.to,
		at.VHost), m.did, nil)
	plan.Hits = append(titled("source", m.source.hits()), titled("destination", destination.hits())...)
	plan.Notes, plan.Dangers = m.told(), dangers
	plan.Steps[0].Do = func(ctx context.Context) (Outcome, error) {
		return m.publish(ctx, m.did, messages.Republish{}, func(*messages.Message) string { return m.to }, m.to)
	}
	return plan, nil
}

// titled sets the title of the document's first section, and returns the document.
func titled(title string, d record.Document) record.Document {
	d[0].Name = title
	return d
}
