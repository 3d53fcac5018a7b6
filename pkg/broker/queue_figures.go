package broker

import (
	"bytes"
	"context"
	"iter"
	"slices"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

const (
	// veryManyQueues is from how many queues on counts are read from the metrics. To name so many and to tell their metrics
	// takes 3.10 two thirds to four fifths of the second and more that it takes to ask them, and six tenths from 50,000 on,
	// where asking takes it as long as rabbitmqctl takes, or longer.
	veryManyQueues = 20_000
	// shortListing is within which time a virtual host is listed that has but some thousands of very many queues.
	shortListing = time.Second
	// metricsPatience is how long the nodes may take to say that they serve metrics: milliseconds as a rule. Where a firewall
	// swallows that port, the listing by the API goes on meanwhile.
	metricsPatience = time.Second
)

// hasFigures tells whether the metrics have a figure of these columns, as good as the API's, and the metadata all the
// others. The memory of an idle queue is not as good: 3.10 leaves it at what it was while the queue was busy (89 kB and
// 55 kB for 33 kB and 15 kB of the statistics). Of the others each was equal to the statistics on 3.10, 4.0 and 4.3, for
// classic queues, quorum queues and streams.
func hasFigures(columns []record.Column) bool {
	figures := false
	for _, c := range columns {
		name, _ := metric(c.Name)
		switch {
		case c.Missing != "", c.Const != nil, isStateBeside(c):
		case name != "" && c.Name != "memory":
			figures = true
		case !isDeclared(root(c.Path())):
			return false
		}
	}
	return figures
}

// planFigures is the request for what queues were declared with, beside which their figures are read from the metrics.
func planFigures(columns []record.Column) queuePlan {
	p := queuePlan{columns: withKeys(columns), figuresApart: true}
	p.query = withoutTotals(planStats(p.columns))
	return p
}

// turnToMetrics lets the figures be read from the metrics where there are so many queues that this is cheaper, and then is
// the listing of their names; else the listing as it is, and what is in the way where something is.
func (l *queueListing) turnToMetrics(ctx context.Context, size scale, s standing, listing *attempt) (*attempt, error) {
	plan, figures := planFigures(l.columns), slices.Clone(l.columns)
	if l.plan.consumersApart {
		// Their own listing, which is there already, has them cheaper.
		plan.consumersApart = true
		for i, c := range figures {
			if c.Path() == "consumers" {
				figures[i] = record.Column{Missing: "counted apart"}
			}
		}
	}
	if !hasFigures(figures) || !l.figuresAreCheaperApart(size) || s.nodes == 0 {
		return listing, nil
	}
	at, err := l.metricsSoon(ctx, size, s)
	if err != nil || l.answersSoon(ctx, listing) {
		return listing, err
	}
	l.say(fromNodes)
	listing.drop()
	atOnce := l.plan.fromStats
	l.plan = plan
	listing = l.attempt(ctx, l.path(), plan.query)
	if atOnce {
		// The statistics are no younger than the metrics, and this is quicker.
		l.figures = l.readFigures(ctx, at, figures, nil)
	} else {
		// Counts are the younger for it.
		l.figures = l.readFigures(ctx, at, figures, listing.done)
	}
	return listing, nil
}

// readFigures starts to read figures in these columns, once after is closed; nil: at once.
func (l queueListing) readFigures(ctx context.Context, at map[string]string, columns []record.Column, after <-chan struct{}) *beside[*tally] {
	return runBeside(ctx, func(ctx context.Context) (*tally, error) {
		if after != nil {
			select {
			case <-after:
			case <-ctx.Done():
			}
		}
		return l.tallied(ctx, at, columns)
	})
}

// figuresAreCheaperApart tells whether there are so many queues that their figures are better read from the metrics: counts
// that the API would ask the queues for from 20,000 on; what it has in its statistics only, which are no younger than the
// metrics, from 2,000 on.
func (l queueListing) figuresAreCheaperApart(size scale) bool {
	if l.plan.fromStats {
		return size.told && size.queues >= manyQueues
	}
	return size.told && size.queues >= veryManyQueues
}

// metricsSoon is metricNodes, if that is answered soon.
func (l queueListing) metricsSoon(ctx context.Context, size scale, s standing) (map[string]string, error) {
	ctx, cancel := context.WithTimeout(ctx, share(ctx, 0.1, metricsPatience))
	defer cancel()
	return l.metricNodes(ctx, size.overview, s)
}

// answersSoon tells whether the listing is answered, and waits a little for that of one virtual host: how many of all queues
// it has nobody tells.
func (l queueListing) answersSoon(ctx context.Context, listing *attempt) bool {
	if l.vhost == "" || l.plan.fromStats {
		return listing.answered()
	}
	return listing.within(ctx, share(ctx, 0.1, shortListing))
}

// withFigures fills in the figures. l.plan.columns end with vhost, name and type. Where figures cannot be had the cells stay
// absent, and the rows end with an error.
func (l queueListing) withFigures(ctx context.Context, rows iter.Seq2[record.Row, error]) iter.Seq2[record.Row, error] {
	figures, end := l.figures.within(share(ctx, 0.5, forever), late(l.base))
	find := func(_, _ []byte) (int, bool) { return 0, false }
	if end != nil {
		end = fail.New(fail.Incomplete, "the figures of the queues are not known: %w", end).
			Next("--source api asks the queues themselves")
	} else {
		find = figures.finder()
	}
	return l.endWith(func(yield func(record.Row, error) bool) {
		n := len(l.columns)
		for row, err := range rows {
			if err == nil {
				if i, known := find(unquoted(row[n]), unquoted(row[n+1])); known {
					figures.fill(row, i)
				}
				row = row[:n:n]
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}, end)
}

// unquoted is the text of a JSON string.
func unquoted(v record.Value) []byte {
	if n := len(v) - 1; n > 0 && v[0] == '"' && v[n] == '"' && !bytes.ContainsRune(v, '\\') {
		return v[1:n]
	}
	return []byte(v.Text())
}
