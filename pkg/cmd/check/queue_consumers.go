package check

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
)

// recountConsumers looks again at queues that would be offenders because they have too few consumers. The statistics of a queue
// have a new consumer after up to 10 s, the list of consumers after up to 5 s (measured on 3.10 and 4.3). That list costs the
// broker something, so it is asked for these queues only. It is believed where it has more: to a user without the tag monitoring
// it shows that user's consumers, and without statistics none. That it cannot be had leaves the verdict as it is, and is told.
func recountConsumers(ctx context.Context, c *broker.Client, vhost string, f *health.QueueFacts) {
	var suspects []int
	for i, q := range f.Queues {
		limits := f.Limits(q).Consumers
		if limits.IsZero() {
			continue
		}
		if !q.Consumers.Known || limits.Judge(q.Consumers.Value) != health.OK {
			suspects = append(suspects, i)
		}
	}
	if len(suspects) == 0 {
		return
	}
	listed, err := survey.ConsumerCounts(ctx, c, vhost)
	if err != nil {
		f.Sources += ", and the list of consumers, which would be younger, could not be had: " + err.Error()
		return
	}
	for _, i := range suspects {
		q := &f.Queues[i]
		if n := listed[[2]string{q.VHost, q.Name}]; float64(n) > q.Consumers.Value {
			q.Consumers = health.Reading{Value: float64(n), Known: true}
		}
	}
}
