package queues

import (
	"context"
	"strconv"

	"github.com/rabbitctl/rabbitctl/pkg/beside"
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// consumerCounts holds the number of consumers of each queue. Its keys are raw JSON names.
type consumerCounts struct{ *record.ByName[uint32] }

// countConsumers starts to count the consumers of the virtual host, or of all virtual hosts. It reads the answer while
// the listing of queues is still awaited: otherwise the broker would have to hold the answer until the queues come.
func (r *run) countConsumers(ctx context.Context) *beside.Work[*consumerCounts] {
	path := broker.Path("consumers")
	if r.wish.VHost != "" {
		path = broker.Path("consumers", r.wish.VHost)
	}
	type queue struct{ vhost, name record.Value }
	reader := record.NewReader(func(b *record.Binder, q *queue) {
		b.Value("queue.vhost", func(v record.Value) { q.vhost = v })
		b.Value("queue.name", func(v record.Value) { q.name = v })
	})
	return beside.Run(ctx, func(ctx context.Context) (*consumerCounts, error) {
		counts := &consumerCounts{record.NewByName[uint32]()}
		columns := reader.Columns()
		for q, err := range reader.All(r.client.Rows(ctx, path, broker.OfColumns(columns), columns)) {
			if err != nil {
				return counts, err
			}
			n, _ := counts.Of(q.vhost, q.name)
			counts.Put(q.vhost, q.name, n+1)
		}
		return counts, nil
	})
}

// withConsumers fills in how many consumers each queue has. The last three columns of the plan are vhost, name and
// type. If the consumers cannot be read, the cells stay absent, and the rows end with an error.
func (r *run) withConsumers(ctx context.Context, all rows) rows {
	columns := r.plan.columns
	var counts *consumerCounts
	err := error(r.client.Late())
	if r.consumers.Within(ctx, beside.Share(ctx, 0.5, beside.Forever)) {
		counts, err = r.consumers.Result()
	}
	if err != nil {
		return r.wish.endWith(all, fail.New(fail.Incomplete, "the consumers of %s are not known: %w", r.client.BaseURL(),
			err).
			Do(fail.SeeConsumers))
	}
	return func(yield func(record.Row, error) bool) {
		for row, err := range all {
			if err == nil {
				n := counts.of(row[len(row)-3], row[len(row)-2], row[len(row)-1].Text())
				for i, c := range columns {
					if c.Path() == "consumers" {
						row[i] = n
					}
				}
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// of returns how many consumers the queue has. The broker reports no consumers for the queue of an MQTT subscription
// with QoS 0, which is a queue type of its own in 4.x; for such a queue the number is absent.
func (c *consumerCounts) of(vhost, name record.Value, kind string) record.Value {
	n, _ := c.Of(vhost, name)
	if n == 0 && kind != "classic" && kind != "quorum" && kind != "stream" {
		return nil
	}
	return strconv.AppendUint(nil, uint64(n), 10)
}
