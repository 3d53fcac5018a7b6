// Package queues lists queues with the cheapest requests that have the wanted columns. If nodes of the cluster do not
// answer, it lists what can be read.
//
// planFor decides from the facts which requests are sent, without sending any. run carries them out.
package queues

import (
	"context"
	"iter"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/metrics"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

type rows = iter.Seq2[record.Row, error]

// Source is where a listing of queues is read from.
type Source string

const (
	// API is the management API. Its message counts are from the moment of the request, except those of quorum queues and
	// streams, which are some seconds old.
	API Source = "api"
	// Prometheus is the prometheus plugin of each node. It is much quicker where there are very many queues, but its
	// counts are some seconds old.
	Prometheus Source = "prometheus"
)

// Wish says which queues List lists, where it reads them, and who receives notes.
type Wish struct {
	// VHost is the virtual host; "" means all that the user may see.
	VHost string
	// Source is where the rows are read from; "" means the API, with a note about Prometheus if there are very many queues
	// and the metrics have the columns.
	Source Source
	// Note receives what the reader of the rows must know about them; nil drops these notes.
	Note func(fail.Advice)
	// Waiting receives what to tell a person while the broker takes its time; nil means that no person waits.
	Waiting func(fail.Advice)
}

func (w Wish) say(note fail.Advice) {
	if w.Note != nil {
		w.Note(note)
	}
}

// List lists queues for a person, also if nodes of the cluster do not answer. In that case the rows that can be read
// come within the time budget, unknown counts are absent, and the rows end with an Incomplete error that says what is
// wrong. List reads the state of the nodes at the same time as the listing, which costs milliseconds.
func List(ctx context.Context, c *broker.Client, wish Wish, columns []record.Column) iter.Seq2[record.Row, error] {
	if wish.Source == Prometheus {
		return fromMetrics(ctx, c, wish, columns)
	}
	wide := withStateBeside(columns)
	all := cut(asTheyAre(wide, fromAPI(ctx, c, wish, wide)), len(columns))
	if wish.Source == "" && hasFigures(columns) {
		all = suggesting(all, wish)
	}
	return all
}

// Read lists the queues of a virtual host for code that needs all of them, not for display. If vhost is "", it lists
// those of all virtual hosts that the user may see. It uses the cheapest request that has the columns, and reads the
// counts of streams with further requests. If the listing fails, or a stream does not answer in time, it ends with an
// error; other counts of streams that cannot be read are absent.
func Read(ctx context.Context, c *broker.Client, vhost string, columns []record.Column) iter.Seq2[record.Row, error] {
	p := planFor(facts{columns: columns, alone: true})
	all := asTheyAre(p.columns, c.Listed(ctx, "queues", vhost, func(path string) iter.Seq2[record.Row, error] {
		return c.Rows(ctx, path, p.query(), p.columns)
	}))
	if p.streams {
		all = withStreamCounts(ctx, c, all, p.columns)
	}
	return cut(all, p.shown)
}

// Totals lists the queues of one virtual host or, if vhost is "", of all that the user may see. It yields what the
// queues themselves report: their declared properties and their current counts. It is always one request, so the counts
// of streams are absent, and so is every column of the statistics.
func Totals(ctx context.Context, c *broker.Client, vhost string, columns []record.Column) iter.Seq2[record.Row, error] {
	return asTheyAre(columns, c.Listed(ctx, "queues", vhost, func(path string) iter.Seq2[record.Row, error] {
		return c.Rows(ctx, path, totals.query(columns), columns)
	}))
}

func fromMetrics(ctx context.Context, c *broker.Client, wish Wish, columns []record.Column) rows {
	if lacking := metrics.Lacks(columns); lacking != "" {
		return record.Failing(fail.Usagef("the metrics of rabbitmq_prometheus have no column %s", lacking).
			Next("they have name, vhost, consumers, memory, and counts and sizes of messages").Do(fail.AskAPI))
	}
	return func(yield func(record.Row, error) bool) {
		figures, err := metrics.OfQueues(ctx, c, wish.VHost, columns)
		if err != nil {
			yield(nil, err)
			return
		}
		wish.say(fail.Say("figures are some seconds old, from the nodes' metrics").Do(fail.AskAPIFresh))
		figures.Rows()(yield)
	}
}

// hasFigures tells whether the metrics have all the columns, and at least one of these is a figure. A listing of names
// alone is cheap from every source.
func hasFigures(columns []record.Column) bool {
	w := facts{columns: columns}.wants()
	return metrics.Lacks(columns) == "" && (w.counts || w.consumers || w.statistics)
}

// veryManyQueues is the number of queues from which on a note suggests the metrics: listing so many queues by the API
// takes a second or more.
const veryManyQueues = 20_000

// suggesting adds a note about the metrics after the last row if there are very many queues.
func suggesting(all rows, wish Wish) rows {
	return func(yield func(record.Row, error) bool) {
		n := 0
		for row, err := range all {
			if !yield(row, err) {
				return
			}
			n++
		}
		if n >= veryManyQueues {
			wish.say(fail.Say("%d queues: ", n).Do(fail.AskMetrics).
				Say("its figures are up to 5 s old").Do(fail.AskAPIAnyway))
		}
	}
}
