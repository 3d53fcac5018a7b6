package queues

import (
	"net/url"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// origin says from where the broker takes the data of a listing.
type origin int

const (
	// declared is the broker's metadata: the declared properties of queues.
	declared origin = iota
	// totals come from the queues themselves. They are current, and cost the broker twice as much as the metadata.
	totals
	// statistics cost the broker three times as much as the totals. They are up to ten seconds old, since queues report
	// their figures every five seconds, and the broker gathers the figures every five seconds. They have nothing about a
	// queue that is younger than that.
	statistics
)

// query returns the query parameters that request these columns from this origin.
func (o origin) query(columns []record.Column) url.Values {
	switch q := broker.OfColumns(columns); o {
	case declared:
		return broker.WithoutTotals(q)
	case totals:
		return broker.WithTotals(q)
	default:
		return broker.Uncached(q)
	}
}

// plan says which requests a listing consists of.
type plan struct {
	from origin
	// columns are the columns that were asked for. If other requests fill cells of the rows, the key columns follow; if
	// mend is set, the sight columns follow. Both end with vhost, name and type.
	columns []record.Column
	// shown is how many of the columns were asked for.
	shown int
	// streams, consumers and counts each mean a further request. streams: the counts of streams, which only the statistics
	// have. consumers: the number of consumers, from the listing of consumers. counts: message counts, if the other
	// columns come from the statistics, whose counts are old.
	streams, consumers, counts bool
	// mend means that the answering node sees only a part of the cluster. What this node cannot know is then taken out of
	// the rows.
	mend bool
}

// planFor decides which requests to send. It sends none itself.
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

// keyColumns are the columns that identify a queue. They are needed to find the queue's figures in other answers.
func keyColumns() []record.Column {
	return []record.Column{{Name: "vhost"}, {Name: "name"}, {Name: "type"}}
}

// sightColumns are the columns that sight.mend reads. The last three are the key columns.
func sightColumns() []record.Column {
	return append([]record.Column{{Name: "messages"}, {Name: "state"}, {Name: "node", Else: "leader"}}, keyColumns()...)
}
