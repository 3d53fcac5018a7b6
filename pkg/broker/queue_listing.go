package broker

import (
	"bytes"
	"context"
	"iter"
	"slices"
	"strconv"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// QueueWish is what ListQueues is asked for.
type QueueWish struct {
	// VHost is the virtual host; "" means all that the user may see.
	VHost string
	// Source is where from; "" means FromAPI.
	Source QueueSource
	// Note receives what the reader of the rows must know about them; nil: nobody wants to know.
	Note func(format string, args ...any)
	// Waiting receives what to tell a person while the broker takes its time; nil: nobody waits.
	Waiting func(format string, args ...any)
}

// ListQueues is Queues for a person who looks at a cluster that may be sick: rows that can be had come within the time
// budget, counts that nobody knows are absent, and the rows end with an Incomplete error that says what is wrong. It asks
// how the nodes stand beside the listing, which costs milliseconds.
func (c *Client) ListQueues(ctx context.Context, wish QueueWish, columns []record.Column) iter.Seq2[record.Row, error] {
	l := queueListing{Client: c, vhost: wish.VHost, columns: columns, plan: planListing(columns), source: wish.Source,
		note: wish.Note, waiting: wish.Waiting}
	if wish.Source != FromPrometheus {
		l.columns = withStateBeside(columns)
		l.plan = planListing(l.columns)
		return cutTo(len(columns), asTheyAre(l.columns, l.rows(ctx)))
	}
	return func(yield func(record.Row, error) bool) {
		rows, err := l.fromMetrics(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		rows(yield)
	}
}

// queueListing is one listing of queues.
type queueListing struct {
	*Client
	vhost   string
	columns []record.Column
	plan    queuePlan
	source  QueueSource
	// consumers, counts and figures are read beside the listing, where the plan has them apart; else nil.
	consumers *beside[consumerCounts]
	counts    *beside[messageCounts]
	figures   *beside[*tally]
	note      func(format string, args ...any)
	waiting   func(format string, args ...any)
}

func (l queueListing) say(format string, args ...any) {
	if l.note != nil {
		l.note(format, args...)
	}
}

// slowAnswer is when a listing takes long enough for another source to be worth a word.
const slowAnswer = 4 * time.Second

// tellOfMetrics tells whoever waits of the quicker source, where it has the columns, or why it cannot be had.
func (l queueListing) tellOfMetrics(without error) {
	switch {
	case l.waiting == nil || l.plan.figuresApart:
	case without != nil:
		l.waiting("still waiting; the nodes' metrics would be quicker, but %s", without)
	case withoutMetric(l.columns) == "":
		l.waiting("still waiting; for very many queues --source prometheus is quicker")
	}
}

// headStart is what the listing gets before it is asked how the nodes stand: most are answered by then.
const headStart = 100 * time.Millisecond

// patienceForNodes is how long a node may take to say how the nodes stand while the listing is not answered either. With
// a node frozen neither is for about a minute, while a busy node answers this within milliseconds.
const patienceForNodes = 10 * time.Second

func (l queueListing) path() string {
	if l.vhost != "" {
		return Path("queues", l.vhost)
	}
	return Path("queues")
}

func (l queueListing) rows(ctx context.Context) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		var size scale
		if apart := planQueues(l.columns, true); apart.consumersApart {
			asked := l.askScale(ctx)
			size = l.readScale(ctx, asked)
			asked.drop()
			if size.consumersAreCheaperApart() {
				l.plan, l.consumers = apart, l.countConsumers(ctx)
				defer l.consumers.drop()
			}
		}
		listing := l.attempt(ctx, l.path(), l.plan.query)
		defer func() { listing.drop() }()
		listing.within(ctx, headStart)
		if listing.answered() && listing.err != nil {
			l.failed(ctx, listing.err)(yield)
			return
		}
		nodes := l.rollCall(l.askStanding(ctx))
		defer nodes.drop()
		var asked *attempt
		elsewhere := l.source == FromAny && !listing.answered() && hasFigures(l.columns)
		if elsewhere && !size.told {
			asked = l.askScale(ctx)
			defer asked.drop()
		}
		patience := share(ctx, 0.4, patienceForNodes)
		if !nodes.within(ctx, patience) && !listing.answered() {
			l.unanswered(ctx, listing, nodes, patience)(yield)
			return
		}
		if !nodes.whole.answered() {
			l.lateStanding(ctx, l.answer(ctx, listing), nodes, patience)(yield)
			return
		}
		if listing.answered() && listing.err != nil {
			l.failed(ctx, listing.err)(yield)
			return
		}
		s, err := l.readStanding(ctx, nodes.whole)
		if err != nil {
			err = l.unsaid(err, "counts may be missing or old")
		}
		if !s.well() {
			listing.drop()
			l.sick(ctx, s)(yield)
			return
		}
		if len(s.untold) > 0 && l.plan.consumersApart {
			// The consumers of a node that tells nothing would count as none.
			listing.drop()
			l.plan = planListing(l.columns)
			listing = l.attempt(ctx, l.path(), l.plan.query)
		}
		var without error
		if elsewhere && len(s.untold) == 0 {
			if asked != nil {
				size = l.readScale(ctx, asked)
			}
			listing, without = l.turnToMetrics(ctx, size, s, listing)
			if l.figures != nil {
				defer l.figures.drop()
			}
		}
		if l.plan.countsApart {
			l.counts = l.countMessages(ctx)
			defer l.counts.drop()
		}
		slow := time.AfterFunc(slowAnswer, func() { l.tellOfMetrics(without) })
		answered := listing.within(ctx, share(ctx, 0.7, forever))
		slow.Stop()
		if !answered && !l.plan.fromStats {
			l.fromStats(ctx, listing)(yield)
			return
		}
		end := err
		if l.plan.fromStats && l.blind(ctx, s) {
			end = l.noFigures("only counts and what queues were declared with are known here")
		}
		l.endWith(l.answer(ctx, listing), end)(yield)
	}
}

// lateStanding are rows that came before it was known how the nodes stand, and end with what is known behind them.
func (l queueListing) lateStanding(ctx context.Context, rows iter.Seq2[record.Row, error], nodes *rollCall, waited time.Duration) iter.Seq2[record.Row, error] {
	return follow(rows, func() iter.Seq2[record.Row, error] {
		if nodes.whole.answered() {
			if s, err := l.readStanding(ctx, nodes.whole); err == nil && s.well() {
				return func(func(record.Row, error) bool) {}
			} else if err == nil {
				return failing(s.fault("counts may be missing or old"))
			}
		}
		return failing(nodes.untold(ctx, waited, "counts may be missing or old"))
	})
}

// forever is longer than any listing takes.
const forever = 24 * time.Hour

// answer are the rows of the listing as it was planned.
func (l queueListing) answer(ctx context.Context, listing *attempt) iter.Seq2[record.Row, error] {
	<-listing.done
	if listing.err != nil {
		return l.failed(ctx, listing.err)
	}
	rows := l.rowsOf(ctx, listing.value, l.plan.columns)
	if l.plan.consumersApart {
		rows = l.withConsumers(ctx, rows, l.plan.columns)
	}
	switch {
	case l.plan.countsApart:
		return l.withCounts(ctx, rows)
	case l.plan.figuresApart:
		return l.withFigures(ctx, rows)
	case !l.plan.joined:
		return rows
	}
	return l.withStreamCounts(ctx, rows, l.plan.columns, len(l.columns))
}

// failed goes on where the listing was refused at once.
func (l queueListing) failed(ctx context.Context, err error) iter.Seq2[record.Row, error] {
	if l.vhost != "" {
		return failing(l.mute(ctx, "queues", l.vhost, err))
	}
	return l.hostByHost(ctx, "queues", err, func(vhost string) iter.Seq2[record.Row, error] {
		one := l
		one.vhost, one.plan, one.consumers, one.figures = vhost, planQueues(l.columns, false), nil, nil
		return one.rows(ctx)
	})
}

// pageSize is the most queues that the API puts on a page.
const pageSize = 500

// fromStats asks for a page of the statistics when the queues do not answer, and takes what comes first. It is no more
// than a page, because the broker may only be slow: the statistics of all queues cost it several times as much as what it
// is busy with, and a page half of that (measured on 4.3 with 10,000 queues).
func (l queueListing) fromStats(ctx context.Context, listing *attempt) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		query := planStats(l.columns)
		query.Set("page", "1")
		query.Set("page_size", strconv.Itoa(pageSize))
		page := l.attempt(ctx, l.path(), query)
		defer page.drop()
		select {
		case <-listing.done:
			l.answer(ctx, listing)(yield)
		case <-page.done:
			rows, err := l.pageOf(ctx, page)
			if err != nil {
				l.answer(ctx, listing)(yield)
				return
			}
			l.endWith(rows, fail.New(fail.Incomplete,
				"the queues of %s did not answer in time: these are its statistics, 5 s old or more, of %d queues at most", l.base, pageSize).
				Next("a longer --timeout waits longer for the queues; -p asks for those of one virtual host"))(yield)
		}
	}
}

// pageOf are the rows of a page.
func (l queueListing) pageOf(ctx context.Context, page *attempt) (iter.Seq2[record.Row, error], error) {
	if page.err != nil {
		return nil, page.err
	}
	body, err := l.read(ctx, page.value, objectWith("items"))
	if err != nil {
		return nil, err
	}
	return record.Stream(bytes.NewReader(body.At("items")), l.columns), nil
}

// sick lists the queues of a cluster of which the asked node sees only a part.
func (l queueListing) sick(ctx context.Context, s standing) iter.Seq2[record.Row, error] {
	// Consumers that a missing node holds are in no listing of them.
	l.plan = planQueues(l.columns, false)
	return func(yield func(record.Row, error) bool) {
		wide := slices.Concat(l.columns, sightColumns())
		query := planStats(wide)
		if !l.plan.fromStats {
			query = withoutStats(query)
		}
		end := s.fault("counts of queues that are held or replicated there may be missing")
		// Each can take long, or for ever, while the other does not.
		first := l.attempt(ctx, l.path(), query)
		defer first.drop()
		totals := !l.plan.fromStats
		if totals && !first.within(ctx, share(ctx, 0.3, patienceForNodes)) {
			second := l.attempt(ctx, l.path(), planStats(wide))
			defer second.drop()
			if !first.within(ctx, share(ctx, 0.5, patienceForNodes)) {
				first, totals = second, false
			}
		}
		if !first.within(ctx, share(ctx, 0.5, patienceForNodes)) {
			l.named(ctx, first, func() error { return end }, func() iter.Seq2[record.Row, error] {
				if first.err != nil {
					return failing(first.err)
				}
				return l.seenBy(s, map[string]bool{}, l.rowsOf(ctx, first.value, wide))
			})(yield)
			return
		}
		if first.err != nil {
			yield(nil, first.err)
			return
		}
		seen := map[string]bool{}
		rows := l.rowsOf(ctx, first.value, wide)
		if totals && l.plan.joined {
			rows = l.withStreamCounts(ctx, rows, wide, len(wide))
		}
		rows = l.seenBy(s, seen, rows)
		if totals {
			rows = follow(rows, func() iter.Seq2[record.Row, error] { return l.leftOut(ctx, s, seen, wide) })
		}
		l.endWith(rows, end)(yield)
	}
}

// sightColumns are what seenBy reads behind the columns asked for; withStreamCounts wants the last three last.
func sightColumns() []record.Column {
	return []record.Column{{Name: "messages"}, {Name: "state"}, {Name: "node", Else: "leader"}, {Name: "vhost"}, {Name: "name"}, {Name: "type"}}
}

// seenBy takes out of the rows what the asked node cannot know, and notes which queues it has seen.
func (l queueListing) seenBy(s standing, seen map[string]bool, rows iter.Seq2[record.Row, error]) iter.Seq2[record.Row, error] {
	n := len(l.columns)
	return func(yield func(record.Row, error) bool) {
		for row, err := range rows {
			if err != nil {
				yield(nil, err)
				return
			}
			key := streamKey(row[n+3], row[n+4])
			if seen[key] {
				continue
			}
			seen[key] = true
			gone := s.lacks(row[n+2].Text()) || row[n+1].Text() == "down"
			// Without its other members a replicated queue counts 0, whatever it holds.
			nothing := string(row[n]) == "0" && row[n+5].Text() != "classic"
			for i, c := range l.columns {
				if isDeclared(root(c.Path())) || c.Const != nil {
					continue
				}
				// What 3.10 calls live is that a queue is known, not that it runs.
				live := c.Path() == "state" && row[i].Text() == "live"
				if live || nothing && isCount(c.Path()) || gone && !isPlace(c.Path()) {
					row[i] = nil
				}
			}
			if !yield(row[:n:n], nil) {
				return
			}
		}
	}
}

// leftOut are the queues that the listing of totals has left out: 4.3 does so with classic queues of a node that does not
// run. Without totals they are listed, as down. That this cannot be had costs these rows only: the listing ends with an
// error in any case.
func (l queueListing) leftOut(ctx context.Context, s standing, seen map[string]bool, wide []record.Column) iter.Seq2[record.Row, error] {
	query := withoutTotals(planStats(wide))
	return func(yield func(record.Row, error) bool) {
		ctx, cancel := context.WithTimeout(ctx, share(ctx, 0.5, patienceForNodes))
		defer cancel()
		rows := l.Client.rows(ctx, l.path(), query, wide)
		for row, err := range l.seenBy(s, seen, rows) {
			if err != nil || !yield(row, nil) {
				return
			}
		}
	}
}

// endWith lets rows that are otherwise well end with an error; nil is none. Who wants no more rows is told all the same.
func (l queueListing) endWith(rows iter.Seq2[record.Row, error], end error) iter.Seq2[record.Row, error] {
	if end == nil {
		return rows
	}
	return l.endLate(rows, func() error { return end })
}

// endLate is endWith where the error is known once the rows are read.
func (l queueListing) endLate(rows iter.Seq2[record.Row, error], end func() error) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		for row, err := range rows {
			more := yield(row, err)
			if err != nil {
				return
			}
			if !more {
				l.say("%s", end())
				return
			}
		}
		yield(nil, end())
	}
}

// follow are the rows of one source, and where they end well those of the next.
func follow(rows iter.Seq2[record.Row, error], next func() iter.Seq2[record.Row, error]) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		for row, err := range rows {
			if !yield(row, err) || err != nil {
				return
			}
		}
		next()(yield)
	}
}

func failing(err error) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) { yield(nil, err) }
}

// isPlace tells whether the member is known of a queue on a node that does not answer.
func isPlace(path string) bool {
	return path == "node" || path == "leader" || path == "members" || path == "state"
}
