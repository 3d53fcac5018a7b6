package change

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/messages"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// whole adds all steps to a plan. If an interrupted run has already done a step, doing it again changes nothing.
func (m *migration) whole(plan *Plan) *Plan {
	plan.Steps = append(plan.Steps,
		m.step("try", "try the new declaration under another name", m.try),
		m.step("park", "declare the parking queue "+m.parking(), m.declareParking),
		m.step("route away", "move the bindings of "+m.name+" to "+m.parking(),
			func(ctx context.Context) (Outcome, error) { return m.rebind(ctx, m.name, m.parking()) }),
		m.step("empty", "move the messages of "+m.name+" to "+m.parking()+", and delete "+m.name,
			func(ctx context.Context) (Outcome, error) { return m.replace(ctx, m.name, m.parking()) }))
	return m.last(plan, false)
}

// last adds the steps that follow the deletion of the old queue. made means that the new queue is already declared.
func (m *migration) last(plan *Plan, made bool) *Plan {
	if !made {
		plan.Steps = append(plan.Steps, m.step("declare", "declare "+m.name+" as a "+m.target.Type+" queue", m.declare))
	}
	plan.Steps = append(plan.Steps,
		m.step("route back", "move the bindings of "+m.parking()+" to "+m.name,
			func(ctx context.Context) (Outcome, error) { return m.rebind(ctx, m.parking(), m.name) }),
		m.step("refill", "move the messages of "+m.parking()+" to "+m.name+", and delete "+m.parking(),
			func(ctx context.Context) (Outcome, error) { return m.replace(ctx, m.parking(), m.name) }))
	shown := record.Section{Name: "steps", Columns: record.Named("step", "does")}
	for _, s := range plan.Steps {
		shown.Rows = append(shown.Rows, record.Row{record.Of(s.Item), record.Of(s.Action)})
	}
	plan.Hits = append(plan.Hits, shown)
	plan.Summary = fmt.Sprintf("make queue %s in virtual host %s a %s queue, in %s", m.name, m.at.VHost, m.target.Type,
		prose.Plural(len(plan.Steps), "step", "steps"))
	return plan
}

func (m *migration) step(item, action string, do func(ctx context.Context) (Outcome, error)) Step {
	return Step{Item: item, Action: action, Do: do}
}

// declaration returns the declaration of the target queue, under the given name.
func (m *migration) declaration(name string) *queueDeclaration {
	want := m.target
	want.Name, want.VHost, want.Durable = name, m.at.VHost, true
	return &queueDeclaration{want: want, noun: "queue", arguments: want.Arguments, at: m.at}
}

// try declares a queue with the properties of the new one under another name, and deletes it. If the broker refuses
// such a queue, the migration ends before it has changed anything.
func (m *migration) try(ctx context.Context) (Outcome, error) {
	name := m.parking() + "-try"
	o, err := m.declaration(name).create(ctx)
	if err != nil {
		return o, err
	}
	if err := m.at.Broker.DeleteQueue(ctx, m.at.VHost, name); err != nil && !broker.IsNotFound(err) {
		return Outcome{}, err
	}
	if o.Failed != nil {
		return o, fail.New(fail.Data, "the broker would not keep all settings of the declaration of queue %s", m.name).
			Next("rabbitctl declare_queue --check shows what differs")
	}
	return Outcome{Word: "accepted"}, nil
}

func (m *migration) declare(ctx context.Context) (Outcome, error) {
	return m.declaration(m.name).create(ctx)
}

// declareParking declares the parking queue, and fails if a policy could drop messages from it.
func (m *migration) declareParking(ctx context.Context) (Outcome, error) {
	text, err := json.Marshal(parked{m.target.Type, m.target.Arguments})
	if err != nil {
		return Outcome{}, err
	}
	d := &queueDeclaration{noun: "queue", at: m.at, arguments: arguments{parkingKey: string(text)},
		want: topology.Queue{Name: m.parking(), VHost: m.at.VHost, Type: "classic", Durable: true}}
	d.want.Arguments = d.arguments
	o, err := d.create(ctx)
	if err != nil || o.Failed != nil {
		return o, err
	}
	o.Notes = nil
	switch err := m.parkedSafely(ctx); {
	case err != nil:
		return Outcome{Word: "incomplete"}, err
	case m.via != byAMQP || o.Word != "created":
		return o, nil
	}
	if err := m.tryMoving(ctx); err != nil {
		err = fail.New(fail.KindOf(err), "messages cannot be moved to %s and back: %w", m.parking(), err).
			Advise(fail.HintOf(err))
		return Outcome{}, errors.Join(err, m.at.Broker.DeleteQueue(ctx, m.at.VHost, m.parking(), broker.DeleteOnly{}))
	}
	return o, nil
}

// tryMoving tries to publish to the default exchange, and to consume from the new parking queue. Otherwise a user without
// the permission to write to the default exchange (amq.default), or to read the parking queue, would learn that only
// after the bindings are moved. No request can check such a permission without using it (3.10 and 4.3).
func (m *migration) tryMoving(ctx context.Context) error {
	e, err := messages.ReachToChange(ctx, m.at.Broker, m.at.AMQP, m.at.VHost)
	if err != nil {
		return err
	}
	// The message is for a queue that does not exist, so that none is left behind if the command is killed. The broker
	// checks the permission first, and then returns the message (3.10 and 4.3).
	nobody := "rabbitctl." + rand.Text() // shorter than 256 bytes, whatever the queue's name is
	to, err := messages.NewPublisher(ctx, e, func(*messages.Message) (string, string) { return "", nobody })
	if err != nil {
		return err
	}
	_, err = messages.Transfer{From: messages.One(messages.Message{}), To: to}.Run(ctx)
	if returned, _ := to.Unstored(); returned == 0 && err != nil {
		return err
	}
	from, err := messages.TakeQueue(ctx, e, messages.Queue{VHost: m.at.VHost, Name: m.parking(), Type: "classic", Want: 1})
	if err != nil {
		return err
	}
	return from.Close()
}

// rebind moves the bindings of one queue (from) to another (to), one by one. It makes each new binding before it
// removes the old one. So no message is lost, and a message that is published in between goes to both queues.
func (m *migration) rebind(ctx context.Context, from, to string) (Outcome, error) {
	type found struct {
		source string
		bound
	}
	reader := record.NewReader(func(r *record.Binder, f *found) {
		r.Text("source", &f.source)
		r.Text("routing_key", &f.key)
		r.Text("properties_key", &f.properties)
		r.Value("arguments", func(v record.Value) { f.arguments = v })
	})
	var all []found
	for one, err := range reader.All(m.at.Broker.QueueBindings(ctx, m.at.VHost, from, reader.Columns())) {
		if err != nil {
			return Outcome{}, err
		}
		if one.source != "" {
			all = append(all, one)
		}
	}
	for _, one := range all {
		ends := broker.Ends{Source: one.source, Destination: to, Kind: "queue"}
		if err := m.at.Broker.Bind(ctx, m.at.VHost, ends, one.key, one.arguments.Map()); err != nil {
			return Outcome{}, err
		}
		ends.Destination = from
		if err := m.at.Broker.Unbind(ctx, m.at.VHost, ends, one.properties); err != nil && !broker.IsNotFound(err) {
			return Outcome{}, err
		}
	}
	return Outcome{Word: "done", Notes: []string{fmt.Sprintf("%s moved from %s to %s",
		prose.Plural(len(all), "binding", "bindings"), from, to)}}, nil
}

// counted remembers how many messages were moved to the parking queue. It returns an error if fewer messages came back.
func (m *migration) counted(to string, moved int64) error {
	if to != m.name {
		m.away = moved
		return nil
	}
	if moved >= m.away {
		return nil
	}
	return fail.New(fail.Incomplete, "%s moved to %s, and only %d came back",
		prose.Plural(int(m.away), "message was", "messages were"), m.parking(), moved).
		Next("did somebody read the others there?")
}

// mostTries is how often replace empties a queue at most. It does so again if a message was published to the queue
// before it could be deleted, or if the queue seems to have a consumer.
const mostTries = 5

// replace moves all messages of one queue (from) to another (to), and deletes the first queue when it is empty and has
// no consumer.
func (m *migration) replace(ctx context.Context, from, to string) (Outcome, error) {
	moved := int64(0)
	var notes []string
	g := &guard{ifEmpty: true, ifUnused: true}
	for try := 1; ; try++ {
		n, told, err := m.move(ctx, from, to)
		moved += n
		notes = append(notes, told...)
		if err == nil {
			err = m.emptied(ctx, from)
		}
		if err != nil {
			return Outcome{Notes: notes}, err
		}
		q, err := g.look(ctx, m.at, from)
		if err == nil {
			_, err = g.deleted(ctx, m.at, from, q)
		}
		if err == nil {
			if m.resumed && to == m.name {
				notes = append(notes, m.twice())
			}
			if err := m.counted(to, moved); err != nil {
				return Outcome{Notes: notes}, err
			}
			return Outcome{Word: "done", Notes: append(notes, fmt.Sprintf("%s moved from %s to %s",
				prose.Plural(int(moved), "message", "messages"), from, to))}, nil
		}
		refusal := err.Error()
		if try == mostTries || fail.KindOf(err) != fail.Data || !strings.Contains(refusal, "in use by") && !strings.
			Contains(refusal, "not empty") {
			return Outcome{}, err
		}
		// The program or shovel that moved the messages can still be counted as a consumer.
		if _, err := m.unread(ctx, from); err != nil {
			return Outcome{}, err
		}
	}
}
