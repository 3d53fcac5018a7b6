package queues

import (
	"net/url"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// origin is where the broker takes the answer to a listing from.
type origin int

const (
	// declared is the broker's metadata: what queues were declared with.
	declared origin = iota
	// totals come from the queues themselves. They are current, and cost the broker twice as much.
	totals
	// statistics cost the broker three times as much as the totals. They are up to ten seconds old (queues report their
	// figures every five, and these are gathered every five) and have nothing about a younger queue.
	statistics
)

// query is the request for these columns.
func (o origin) query(columns []record.Column) url.Values {
	switch q := broker.OfColumns(columns); o {
	case declared:
		return broker.WithoutTotals(q)
	case totals:
		return broker.WithTotals(q)
	default:
		return q
	}
}

// plan says which requests a listing consists of.
type plan struct {
	from origin
	// columns are the columns that were asked for. If rows are joined, the key columns follow; if rows are mended, the
	// sight columns. Both end with vhost, name and type.
	columns []record.Column
	// shown is how many of the columns were asked for.
	shown int
	// streams, consumers and counts name what needs requests of its own: the counts of streams, which only the
	// statistics have; consumers, from their own listing; and message counts, if the other columns come from the
	// statistics, whose counts are old.
	streams, consumers, counts bool
	// mend means that the node that answers sees only a part of the cluster: what this node cannot know is taken out of
	// the rows.
	mend bool
}

// planFor picks the requests. It sends none.
func planFor(f facts) plan {
	w := f.wants()
	p := plan{columns: f.columns, shown: len(f.columns), mend: f.sick}
	p.consumers = w.consumers && !w.statistics && f.consumersAreCheaperApart()
	switch {
	case w.statistics, w.consumers && !p.consumers:
		p.from = statistics
		p.counts = w.counts && !f.alone && !f.sick
	case w.counts, w.state, f.sick:
		p.from = totals
		p.streams = w.counts
	}
	switch {
	case p.mend:
		p.columns = slices.Concat(f.columns, sightColumns())
	case p.streams, p.consumers, p.counts:
		p.columns = slices.Concat(f.columns, keyColumns())
	}
	return p
}

func (p plan) query() url.Values { return p.from.query(p.columns) }

// keyColumns identify a queue, to find its figures in other answers.
func keyColumns() []record.Column {
	return []record.Column{{Name: "vhost"}, {Name: "name"}, {Name: "type"}}
}

// sightColumns are what mend reads; the last three are the key columns.
func sightColumns() []record.Column {
	return append([]record.Column{{Name: "messages"}, {Name: "state"}, {Name: "node", Else: "leader"}}, keyColumns()...)
}
