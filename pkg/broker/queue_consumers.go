package broker

import (
	"context"
	"hash/maphash"
	"iter"
	"net/url"
	"strconv"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

const (
	// manyQueues is from how many queues on the statistics are dear: they take a seventh of a millisecond of the broker's
	// time for each queue, which the totals take a twentieth for (measured on 3.10 and 4.3 with 10,000), and 3.10 hangs up
	// before it has those of 100,000. Below it they are better, for only they tell a queue that is too young to have
	// figures from one without consumers.
	manyQueues = 2_000
	// fewConsumers is how many consumers a queue there may be for a listing of them to be cheap: it takes a twentieth to a
	// fortieth of a millisecond for each (measured with 1,000 to 40,000).
	fewConsumers = 2
)

// consumersAreCheaperApart tells whether to count consumers from their own listing, which is much cheaper than the
// statistics where there are many queues and not too many consumers, and fresher: it has new consumers within 5 s and lost
// ones at once, where the statistics take up to 9 s for both (measured on 3.10 and 4.3). Users without the tag monitoring
// are shown their own consumers only; without statistics no consumers are listed.
func (s scale) consumersAreCheaperApart() bool {
	return s.told && !s.statsOff && s.queues >= manyQueues && s.consumers <= fewConsumers*s.queues
}

// countConsumers starts to count the consumers of the virtual host, or of all. It reads while the listing is waited for, so
// that the broker need not hold its answer until the queues come.
func (l queueListing) countConsumers(ctx context.Context) *beside[consumerCounts] {
	path := Path("consumers")
	if l.vhost != "" {
		path = Path("consumers", l.vhost)
	}
	columns := []record.Column{{Name: "queue.vhost"}, {Name: "queue.name"}}
	return runBeside(ctx, func(ctx context.Context) (consumerCounts, error) {
		counts := consumerCounts{maphash.MakeSeed(), map[uint64]uint32{}}
		for row, err := range l.Client.rows(ctx, path, url.Values{"columns": {columnsQuery(columns)}}, columns) {
			if err != nil {
				return counts, err
			}
			counts.at[queueHash(counts.seed, row[0], row[1])]++
		}
		return counts, nil
	})
}

// withConsumers fills in how many consumers each queue has. columns end with vhost, name and type. Where consumers cannot
// be had the cells stay absent, and the rows end with an error.
func (l queueListing) withConsumers(ctx context.Context, rows iter.Seq2[record.Row, error], columns []record.Column) iter.Seq2[record.Row, error] {
	counts, err := l.consumers.within(share(ctx, 0.5, forever), late(l.base))
	if err != nil {
		return l.endWith(rows, fail.New(fail.Incomplete, "the consumers of %s are not known: %w", l.base, err).
			Next("rabbitctl list_consumers shows whether they can be had now"))
	}
	return func(yield func(record.Row, error) bool) {
		for row, err := range rows {
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

// consumerCounts has how many consumers queues have, by a hash of virtual host and name: with names they would need a
// multiple of the memory. That two of 100,000 queues have the same hash happens once in four thousand million listings.
type consumerCounts struct {
	seed maphash.Seed
	at   map[uint64]uint32
}

// of is how many consumers the queue has; vhost and name are as the broker sent them. Of a queue that is one MQTT client's
// subscription with QoS 0, which 4.x makes a type of its own, the broker tells no consumers anywhere.
func (c consumerCounts) of(vhost, name record.Value, kind string) record.Value {
	n := c.at[queueHash(c.seed, vhost, name)]
	if n == 0 && kind != "classic" && kind != "quorum" && kind != "stream" {
		return nil
	}
	return strconv.AppendUint(nil, uint64(n), 10)
}
