package change

import (
	"context"
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/messages"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// copying is one run of copy_messages.
type copying struct {
	taking
	to string
}

// CopyMessages publishes the messages of a queue to another one, and leaves them where they are.
func CopyMessages() Op {
	c := &copying{}
	return Op{
		Name: "copy_messages", Noun: "queue", Scoped: true, AMQP: true, Lasting: true,
		Params: append([]Param{Arg("source", &c.queue, QueueNames), Arg("destination", &c.to, QueueNames)},
			c.params("copy")...),
		Check: func() error {
			if c.queue == c.to {
				return fail.Usagef("source and destination are the same queue")
			}
			return c.check()
		},
		Plan: c.plan,
	}
}

func (c *copying) plan(ctx context.Context, at Site) (*Plan, error) {
	e, err := c.look(ctx, at)
	if err != nil {
		return nil, err
	}
	destination, err := destinationOf(ctx, at, c.to)
	if err != nil {
		return nil, err
	}
	if err := noAlarm(ctx, at); err != nil {
		return nil, err
	}
	there, err := messages.Ready(ctx, e, c.to)
	if err == nil && c.where == "" {
		err = destination.room(at, c.to, there, c.from().Want)
	}
	if err != nil {
		return nil, err
	}
	if c.ready == 0 {
		return c.nothing(), nil
	}
	plan := Once(fmt.Sprintf("copy %s of queue %s to queue %s in virtual host %s", c.amount(), c.queue, c.to, at.VHost),
		"copied", nil)
	plan.Hits = append(titled("source", c.source.hits()), titled("destination", destination.hits())...)
	plan.Notes = c.told()
	plan.Steps[0].Do = c.do
	return plan, nil
}

func (c *copying) do(ctx context.Context) (Outcome, error) {
	e, err := messages.ReachToChange(ctx, c.at.Broker, c.at.AMQP, c.at.VHost)
	if err != nil {
		return Outcome{}, err
	}
	sink, err := messages.NewPublisher(ctx, e, func(*messages.Message) (string, string) { return "", c.to })
	if err != nil {
		return Outcome{}, err
	}
	source, err := messages.TakeQueue(ctx, e, c.from())
	if err != nil {
		_ = sink.Close()
		return Outcome{}, err
	}
	again, changes := messages.Republish{User: c.at.Broker.Username()}, messages.Changes{}
	counts, err := c.transfer(ctx, source, sink, "copied", func(m *messages.Message) *messages.Message {
		out, changed := again.Of(m)
		changes.Add(changed)
		return out
	})
	o := c.outcome(ctx, e, "copied", counts, err, record.Field{
		Column: record.Column{Name: "destination_ready", Kind: record.Count}, Value: readyNow(ctx, e, c.to)})
	o.Notes = append(o.Notes, changes.Told()...)
	return o, nil
}
