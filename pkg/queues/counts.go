package queues

import (
	"context"
	"math"
	"strconv"

	"github.com/rabbitctl/rabbitctl/pkg/beside"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// The counts in the statistics are up to 10 s old, and the statistics have no counts for a younger queue. If a listing
// needs the statistics for another column, a second request gets the counts from the queues themselves. That request
// costs the broker a third of what the statistics cost. Streams do not report their counts in a listing: their counts
// come from the statistics.

// notTold stands for a count that a queue does not report.
const notTold = -1

// messageCounts holds the counts of queues in the order of countColumns. Its keys are raw JSON names. Where there are
// very many queues, nearly all hold few messages, so a count takes two bytes: short holds each count plus one, and 0
// for a count that was not reported. If one count of a queue is too large, all counts of the queue are in long. This
// takes half of the memory that counts of eight bytes take, 1.2 MB less for 50,000 queues.
type messageCounts struct {
	short *record.ByName[[3]uint16]
	long  *record.ByName[[3]int64]
}

func newMessageCounts() *messageCounts {
	return &messageCounts{record.NewByName[[3]uint16](), record.NewByName[[3]int64]()}
}

func (c *messageCounts) put(vhost, name record.Value, told [3]int64) {
	var short [3]uint16
	for i, n := range told {
		if n >= math.MaxUint16 {
			c.long.Put(vhost, name, told)
			return
		}
		if n != notTold {
			short[i] = uint16(n) + 1
		}
	}
	c.short.Put(vhost, name, short)
}

func (c *messageCounts) of(vhost, name record.Value) (told [3]int64, known bool) {
	short, known := c.short.Of(vhost, name)
	if !known {
		return c.long.Of(vhost, name)
	}
	for i, n := range short {
		told[i] = int64(n) - 1 // 0 becomes notTold
	}
	return told, true
}

// countMessages starts to ask the queues of the virtual host, or of all virtual hosts, for their counts.
func (r *run) countMessages(ctx context.Context) *beside.Work[*messageCounts] {
	type queue struct {
		vhost, name record.Value
		told        [3]int64
	}
	reader := record.NewReader(func(b *record.Binder, q *queue) {
		b.Value("vhost", func(v record.Value) { q.vhost = v })
		b.Value("name", func(v record.Value) { q.name = v })
		for i, count := range countColumns() {
			b.Column(count, func(v record.Value) {
				q.told[i] = notTold
				if n, ok := v.Int(); ok && n >= 0 {
					q.told[i] = n
				}
			})
		}
	})
	columns := reader.Columns()
	return beside.Run(ctx, func(ctx context.Context) (*messageCounts, error) {
		counts := newMessageCounts()
		for q, err := range reader.All(r.client.Rows(ctx, r.path(), totals.query(columns), columns)) {
			if err != nil {
				return counts, err
			}
			counts.put(q.vhost, q.name, q.told)
		}
		return counts, nil
	})
}

// withCounts puts the current counts into rows of the statistics, if the queues reported these counts. The last three
// columns of the plan are vhost, name and type. If there are no current counts, the rows keep the counts of the
// statistics, and a note says so.
func (r *run) withCounts(ctx context.Context, all rows) rows {
	if r.counts == nil {
		return all
	}
	var counts *messageCounts
	err := error(r.client.Late())
	if r.counts.Within(ctx, beside.Share(ctx, 0.5, beside.Forever)) {
		counts, err = r.counts.Result()
	}
	if err != nil {
		r.wish.say(fail.Say("the queues did not report their counts, so counts are from the statistics, up to 10 s old: %s",
			err))
		return all
	}
	columns := r.plan.columns
	return func(yield func(record.Row, error) bool) {
		for row, err := range all {
			if err == nil {
				if told, known := counts.of(row[len(row)-3], row[len(row)-2]); known {
					fillCounts(row, columns, told)
				}
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

func fillCounts(row record.Row, columns []record.Column, told [3]int64) {
	for i, c := range columns {
		for j, count := range countColumns() {
			if c.Path() == count.Name && told[j] != notTold {
				row[i] = strconv.AppendInt(nil, told[j], 10)
			}
		}
	}
}
