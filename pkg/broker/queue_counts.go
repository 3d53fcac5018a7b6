package broker

import (
	"context"
	"hash/maphash"
	"iter"
	"net/url"
	"slices"
	"strconv"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// The statistics have counts that are up to 10 s old, and none for a queue younger than that. Where a listing needs them for
// another column, the queues are asked for their counts beside it: that costs the broker a third of the statistics. The
// counts of streams, which queues do not tell in a listing, stay those of the statistics.

// planListing is the request for a listing that a person reads.
func planListing(columns []record.Column) queuePlan {
	p := planQueues(columns, false)
	if p.fromStats && hasCounts(columns) {
		return planCounts(columns)
	}
	return p
}

// planCounts is the request for a listing from the statistics in which counts come from the queues.
func planCounts(columns []record.Column) queuePlan {
	p := queuePlan{columns: withKeys(columns), fromStats: true, countsApart: true}
	p.query = planStats(p.columns)
	return p
}

func hasCounts(columns []record.Column) bool {
	return slices.ContainsFunc(columns, func(c record.Column) bool { return c.Missing == "" && c.Const == nil && isCount(c.Path()) })
}

// notTold stands for a count that a queue does not tell.
const notTold = -1

// messageCounts are the counts of queues in the order of countColumns, by a hash of virtual host and name, as in consumerCounts.
type messageCounts struct {
	seed maphash.Seed
	at   map[uint64][3]int64
}

// countMessages starts to ask the queues of the virtual host, or all, for their counts.
func (l queueListing) countMessages(ctx context.Context) *beside[messageCounts] {
	columns := append([]record.Column{{Name: "vhost"}, {Name: "name"}}, countColumns()...)
	return runBeside(ctx, func(ctx context.Context) (messageCounts, error) {
		counts := messageCounts{maphash.MakeSeed(), map[uint64][3]int64{}}
		for row, err := range l.Client.rows(ctx, l.path(), withoutStats(url.Values{"columns": {columnsQuery(columns)}}), columns) {
			if err != nil {
				return counts, err
			}
			told := [3]int64{notTold, notTold, notTold}
			for i, v := range row[2:] {
				if n, ok := v.Int(); ok {
					told[i] = n
				}
			}
			counts.at[queueHash(counts.seed, row[0], row[1])] = told
		}
		return counts, nil
	})
}

// withCounts puts the counts of this moment into rows of the statistics, where the queues told them; l.plan.columns end with
// vhost, name and type. Where they cannot be had the rows keep what the statistics say, and a note says so.
func (l queueListing) withCounts(ctx context.Context, rows iter.Seq2[record.Row, error]) iter.Seq2[record.Row, error] {
	n := len(l.columns)
	counts := messageCounts{}
	if l.counts != nil {
		var err error
		if counts, err = l.counts.within(share(ctx, 0.5, forever), late(l.base)); err != nil {
			l.say("the queues did not tell their counts, so these are of the statistics, up to 10 s old: %s", err)
		}
	}
	return func(yield func(record.Row, error) bool) {
		for row, err := range rows {
			if err == nil {
				if told, known := counts.of(row[n], row[n+1]); known {
					fillCounts(row, l.columns, told)
				}
				row = row[:n:n]
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

func (c messageCounts) of(vhost, name record.Value) ([3]int64, bool) {
	if c.at == nil {
		return [3]int64{}, false
	}
	told, known := c.at[queueHash(c.seed, vhost, name)]
	return told, known
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
