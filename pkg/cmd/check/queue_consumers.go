package check

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
)

// waitingQueues is how many queues with too few consumers are collected before the list of consumers is requested.
const waitingQueues = 100

// recount looks again at queues that seem to have too few consumers. A new consumer appears in the statistics of a
// queue after up to 10 s, and in the list of consumers after up to 5 s (measured on 3.10 and 4.3). That list costs the
// broker something, so it is requested only if there are queues with too few consumers. The count from the list
// replaces the count from the statistics only if it is higher, because the list can lack consumers: to a user without
// the tag monitoring the broker lists only the consumers of this user, and without statistics it lists none. If the
// list cannot be read, the verdict stays as it is, with a note.
type recount struct {
	judge *health.QueueJudge
	ask   func() (*record.ByName[uint32], error)
	// waiting are the queues that cannot be judged before the list of consumers has been read.
	waiting []health.Queue
	asked   bool
	listed  *record.ByName[uint32]
	err     error
}

func newRecount(ctx context.Context, c *broker.Client, vhost string, judge *health.QueueJudge) *recount {
	return &recount{judge: judge, ask: func() (*record.ByName[uint32], error) {
		return survey.ConsumerCounts(ctx, c, vhost)
	}}
}

// add judges a queue at once if its consumers are within the limits. Otherwise the queue waits for the list of
// consumers.
func (r *recount) add(q health.Queue) {
	limits := r.judge.Limits(q).Consumers
	if limits.IsZero() || q.Consumers.Known && limits.Judge(q.Consumers.Value) == health.OK {
		r.judge.Add(q)
		return
	}
	if r.waiting = append(r.waiting, q); r.asked || len(r.waiting) == waitingQueues {
		r.end()
	}
}

// end requests the list of consumers if that has not been done, and judges the waiting queues.
func (r *recount) end() {
	if len(r.waiting) > 0 && !r.asked {
		r.listed, r.err = r.ask()
		r.asked = true
	}
	for _, q := range r.waiting {
		if r.err == nil {
			if n, _ := r.listed.Of([]byte(q.VHost), []byte(q.Name)); float64(n) > q.Consumers.Value {
				q.Consumers = health.Reading{Value: float64(n), Known: true}
			}
		}
		r.judge.Add(q)
	}
	r.waiting = r.waiting[:0]
}
