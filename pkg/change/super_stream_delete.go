package change

import (
	"context"
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// DeleteSuperStream deletes the partitions and then their exchange, one by one, since the API has no request for all of
// them. The exchange goes last, so that the next run still finds what is left after an error.
func DeleteSuperStream() Op {
	var name string
	return Op{
		Name: "delete_super_stream", Noun: "super stream", Scoped: true, Loses: true, Removes: true,
		Params: []Param{Arg("name", &name, SuperStreamNames)},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			read := &boundQueues{at: at}
			partitions, others, err := wholeSuperStream(ctx, at, name, read)
			if err != nil {
				return nil, err
			}
			plan := &Plan{}
			if err := plan.showPartitions(ctx, read, partitions, others); err != nil {
				return nil, err
			}
			plan.Summary = fmt.Sprintf("delete super stream %s with %s in virtual host %s", name,
				prose.Plural(len(partitions), "partition and all its messages", "partitions and all their messages"), at.VHost)
			for _, p := range partitions {
				plan.Steps = append(plan.Steps, deleting("partition "+p.queue, at, func(ctx context.Context) error {
					return at.Broker.DeleteQueue(ctx, at.VHost, p.queue)
				}))
			}
			plan.Steps = append(plan.Steps, deleting("exchange "+name, at, func(ctx context.Context) error {
				return at.Broker.DeleteExchange(ctx, at.VHost, name)
			}))
			return plan, nil
		},
	}
}

// wholeSuperStream returns the partitions of a super stream, and the other queues that are bound to its exchange. It
// refuses an exchange without the argument x-super-stream. The official tool accepts any exchange, and would delete it
// with the streams that are bound to it.
func wholeSuperStream(ctx context.Context, at Site, name string, read *boundQueues) (partitions, others []partition,
	err error) {
	exchange, err := at.Broker.Exchange(ctx, at.VHost, name)
	switch {
	case broker.IsNotFound(err) || err == nil && exchange.At("arguments.x-super-stream").Text() != "true":
		return nil, nil, &Missing{What: "super stream", Name: name, VHost: at.VHost, Err: err}
	case err != nil:
		return nil, nil, err
	}
	return partitionsOf(ctx, at, name, read.mayBeStream)
}

// showPartitions adds to the plan the partitions, which are deleted. A note names each of the other queues, which are
// kept.
func (p *Plan) showPartitions(ctx context.Context, read *boundQueues, partitions, others []partition) error {
	count := func(name string) record.Column { return record.Column{Name: name, Kind: record.Count} }
	s := record.Section{Name: "partitions", Columns: append(record.Named("partition", "routing_key", "node", "state"),
		count("messages"), count("consumers"))}
	for _, one := range partitions {
		raw, err := read.queue(ctx, one.queue)
		if err != nil {
			return err
		}
		state := read.at.Broker.QueueState(ctx, raw)
		s.Rows = append(s.Rows, record.Row{record.Of(one.queue), record.Of(one.key), raw.At("node"), state,
			raw.At("messages"), queues.ConsumerCount(raw, state)})
	}
	p.Hits = record.Document{s}
	if len(partitions) > 0 {
		p.Notes = append(p.Notes, "message counts of streams can be up to 10 s old, consumer counts up to 5 s; the broker "+
			"does not report "+
			"how many bytes streams hold")
	}
	for _, o := range others {
		p.Notes = append(p.Notes, "queue "+o.queue+" is bound to the super stream's exchange, too, but is no "+
			"partition: the queue is kept, but this binding is deleted")
	}
	return nil
}

// deleting returns a step that deletes an object, or finds that the object is gone.
func deleting(what string, at Site, do func(context.Context) error) Step {
	return Step{Item: what, Action: "delete " + what + " in virtual host " + at.VHost,
		Do: func(ctx context.Context) (Outcome, error) {
			switch err := do(ctx); {
			case broker.IsNotFound(err):
				return Outcome{Word: "absent"}, nil
			case err != nil:
				return Outcome{}, err
			}
			return Outcome{Word: "deleted"}, nil
		}}
}
