package change

import (
	"context"
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// planShovel plans to let the broker move the messages by a shovel. It uses no AMQP connection, so all counts come from
// the management API.
func (m *moving) planShovel(ctx context.Context, destination countedQueue, dangers []string) (*Plan, error) {
	if err := canShovel(ctx, m.at); err != nil {
		return nil, err
	}
	shovel := oneOff{at: m.at, from: m.queue, to: m.to, limit: int64(m.limit),
		read: destination.consumers.Text() != "0"}
	left, err := shovel.left(ctx)
	if err != nil {
		return nil, err
	}
	m.ready = m.source.readyCount
	if m.ready == 0 && !left {
		return m.nothing(), nil
	}
	if shovel.limit >= m.ready {
		shovel.limit = 0 // a limit not below the count makes the shovel wait for more
	}
	if err := destination.room(m.at, m.to, destination.readyCount, m.most()); err != nil {
		return nil, err
	}
	plan := Once(fmt.Sprintf("move %s from queue %s to queue %s in virtual host %s by shovel '%s'", m.amount(), m.queue,
		m.to, m.at.VHost, shovel.name()), m.did, nil)
	plan.Hits = append(titled("source", m.source.hits()), titled("destination", destination.hits())...)
	plan.Notes = append(m.told(), "a shovel does not check its destination: what it moves while somebody deletes queue "+
		m.to+" is lost; before RabbitMQ 4.2 a shovel publishes even during an alarm, and can fill the disk or the memory")
	plan.Dangers = dangers
	if left {
		plan.Notes = append(plan.Notes, "shovel '"+shovel.name()+"' of an interrupted run still exists, and is watched to "+
			"its end")
	}
	plan.Steps[0].Do = func(ctx context.Context) (Outcome, error) { return m.shovel(ctx, shovel) }
	return plan, nil
}

// shovel lets the broker move the messages, and returns the outcome.
func (m *moving) shovel(ctx context.Context, shovel oneOff) (Outcome, error) {
	moved, err := shovel.move(ctx)
	ctx = context.WithoutCancel(ctx)
	ready := func(name string) record.Value {
		q, err := countQueue(ctx, m.at, name)
		if err != nil {
			return nil
		}
		return q.ready
	}
	o := Outcome{Word: m.did, Failed: err, Facts: record.Document{record.Fields("", figure("messages", record.Of(moved)),
		figure("source_ready", ready(m.queue)), figure("destination_ready", ready(m.to)))}}
	if err != nil {
		o.Word = "incomplete"
	}
	return o, nil
}
