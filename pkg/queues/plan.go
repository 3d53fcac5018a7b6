package queues

import (
	"net/url"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// origin is where the broker has the answer to a listing from.
type origin int

const (
	// declared is its metadata: what queues were declared with.
	declared origin = iota
	// totals are the queues themselves, fresh at once, which cost it twice as much.
	totals
	// statistics cost it three times as much as the totals, are up to ten seconds old (queues tell their figures every
	// five, and they are gathered every five) and know nothing of a queue younger than that.
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
	// columns are those asked for, and behind them the keys or the sight columns, where rows are joined or mended by them.
	// Both end with vhost, name and type.
	columns []record.Column
	// shown is how many of the columns were asked for.
	shown int
	// streams, consumers and counts name what needs requests of its own: the counts of streams, which only the
	// statistics have; consumers, from their own listing; and message counts, if the other columns come from the
	// statistics, whose counts are old.
	streams, consumers, counts bool
	// mend means that the asked node sees a part of the cluster only, so that what it cannot know is taken out of the
	// rows.
	mend bool
}

// planFor picks the requests. It asks nobody.
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

// keyColumns are what figures from elsewhere are found by.
func keyColumns() []record.Column {
	return []record.Column{{Name: "vhost"}, {Name: "name"}, {Name: "type"}}
}

// sightColumns are what mend reads; the last three are the key columns.
func sightColumns() []record.Column {
	return append([]record.Column{{Name: "messages"}, {Name: "state"}, {Name: "node", Else: "leader"}}, keyColumns()...)
}
