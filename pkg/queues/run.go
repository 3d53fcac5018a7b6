package queues

import (
	"bytes"
	"context"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/beside"
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/metrics"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

const (
	// headStart is how long to wait for the listing before the state of the nodes is requested: most listings are answered
	// by then.
	headStart = 100 * time.Millisecond
	// patienceForNodes is how long the request for the state of the nodes may take while the listing is not answered
	// either. It also limits other single waits in a cluster in which a node does not answer. If a node is frozen, neither
	// is answered for about a minute; if a node is only busy, it answers this request within milliseconds.
	patienceForNodes = 10 * time.Second
	// slowAnswer is how long a listing may take before a hint names another source.
	slowAnswer = 4 * time.Second
	// overviewPatience is how long the broker may take to report the number of queues and consumers. That takes 20 ms as a
	// rule, and a quarter of a second for 100,000 queues.
	overviewPatience = 2 * time.Second
)

// fromAPI lists queues by the management API. Each time the rows are read, a new run begins.
func fromAPI(ctx context.Context, c *broker.Client, wish Wish, columns []record.Column) rows {
	return func(yield func(record.Row, error) bool) {
		r := &run{client: c, wish: wish, facts: facts{columns: columns}}
		defer r.close()
		r.rows(ctx)(yield)
	}
}

// run reads a listing once. It makes a plan from the facts, and another plan if new facts require it.
type run struct {
	client *broker.Client
	wish   Wish
	facts  facts
	plan   plan
	// listing is the request for the queues that the current plan needs; asked holds all requests for queues, to end them
	// with the run.
	listing *broker.Attempt
	asked   []*broker.Attempt
	nodes   *broker.RollCall
	// consumers and counts are read at the same time as the listing, if the plan asks for them.
	consumers *beside.Work[*consumerCounts]
	counts    *beside.Work[*messageCounts]
}

func (r *run) close() {
	for _, a := range r.asked {
		a.Drop()
	}
	if r.nodes != nil {
		r.nodes.Drop()
	}
	if r.consumers != nil {
		r.consumers.Drop()
	}
	if r.counts != nil {
		r.counts.Drop()
	}
}

func (r *run) path() string {
	if r.wish.VHost != "" {
		return broker.Path("queues", r.wish.VHost)
	}
	return broker.Path("queues")
}

// ask sends a request for the queues, which ends with the run.
func (r *run) ask(ctx context.Context, query url.Values) *broker.Attempt {
	a := r.client.Attempt(ctx, r.path(), query)
	r.asked = append(r.asked, a)
	return a
}

// rows lists the queues, as far as they can be read.
func (r *run) rows(ctx context.Context) rows {
	if r.facts.sizeMatters() {
		r.facts.size = r.measure(ctx)
	}
	r.send(ctx, planFor(r.facts))
	r.listing.Within(ctx, headStart)
	if r.listing.Refused() {
		return r.refused(ctx)
	}
	r.nodes = r.client.AskStanding(ctx)
	patience := beside.Share(ctx, 0.4, patienceForNodes)
	told := r.nodes.Within(ctx, patience)
	switch {
	case !told && !r.listing.Over():
		return r.unanswered(ctx, patience)
	case !r.nodes.Answered():
		return r.lateStanding(ctx, patience)
	case r.listing.Refused():
		return r.refused(ctx)
	}
	s, err := r.nodes.Standing(ctx)
	if err != nil {
		err = r.client.Unsaid(err, "counts may be missing or old")
	}
	r.facts.sick, r.facts.noFigures = !s.Well(), len(s.NoFigures) > 0
	if p := planFor(r.facts); p.mend != r.plan.mend || p.consumers != r.plan.consumers {
		r.listing.Drop()
		r.send(ctx, p)
	}
	if r.plan.mend {
		return r.sick(ctx, s)
	}
	return r.well(ctx, s, err)
}

// send sends those requests of a plan that do not depend on the state of the nodes.
func (r *run) send(ctx context.Context, p plan) {
	r.plan = p
	if p.consumers && r.consumers == nil {
		r.consumers = r.countConsumers(ctx)
	}
	r.listing = r.ask(ctx, p.query())
}

// measure reads the number of queues and consumers. It returns the zero scale if the broker does not answer: that is no
// failure, it only rules out a quicker way to list.
func (r *run) measure(ctx context.Context) scale {
	a := r.client.AttemptWhole(ctx, broker.Path("overview"), url.Values{"columns": {"node,disable_stats,object_totals"}})
	defer a.Drop()
	if !a.Within(ctx, beside.Share(ctx, 0.1, overviewPatience)) {
		return scale{}
	}
	// An overview always has disable_stats, whatever the user may see and whether there are statistics or not.
	overview, err := a.Object(ctx, "disable_stats")
	if err != nil || overview.At("node").Absent() {
		return scale{}
	}
	var s scale
	s.statisticsOff, _ = overview.At("disable_stats").Bool()
	var queues, consumers bool
	s.queues, queues = overview.At("object_totals.queues").Number()
	s.consumers, consumers = overview.At("object_totals.consumers").Number()
	s.told = queues && consumers
	return s
}

// well lists the queues of a cluster in which, as far as the answering node sees, all nodes run. unsaid is set if this
// node does not report the state of the nodes.
func (r *run) well(ctx context.Context, s broker.Standing, unsaid error) rows {
	if r.plan.counts {
		r.counts = r.countMessages(ctx)
	}
	slow := time.AfterFunc(slowAnswer, func() { tellOfMetrics(r.wish, r.facts.columns) })
	answered := r.listing.Within(ctx, beside.Share(ctx, 0.7, beside.Forever))
	slow.Stop()
	if !answered && r.plan.from != statistics {
		return r.page(ctx)
	}
	end := unsaid
	if r.plan.from == statistics && r.client.Blind(ctx, s) {
		end = r.client.NoFigures("only counts and what queues were declared with are known here")
	}
	return r.wish.endWith(r.answer(ctx), end)
}

// tellOfMetrics names the quicker source to a person who waits, if that source has the columns.
func tellOfMetrics(wish Wish, columns []record.Column) {
	columns = slices.DeleteFunc(slices.Clone(columns), isStateBeside)
	if wish.Waiting != nil && metrics.Lacks(columns) == "" {
		wish.Waiting(fail.Say("still waiting").Do(fail.AskMetrics))
	}
}

// answer returns the rows of the listing as planned.
func (r *run) answer(ctx context.Context) rows {
	if r.listing.Err() != nil {
		return r.refused(ctx)
	}
	all := r.listing.Rows(ctx, r.plan.columns)
	if r.plan.consumers {
		all = r.withConsumers(ctx, all)
	}
	if r.plan.counts {
		all = r.withCounts(ctx, all)
	}
	if r.plan.streams {
		all = withStreamCounts(ctx, r.client, all, r.plan.columns)
	}
	return cut(all, r.plan.shown)
}

// refused yields the error of a failed listing. If a name that is not UTF-8 is the reason, the error says so, and a
// listing of all virtual hosts is read host by host instead.
func (r *run) refused(ctx context.Context) rows {
	err := r.listing.Err()
	if r.wish.VHost != "" {
		return record.Failing(r.client.BlameNames(ctx, "queues", r.wish.VHost, err))
	}
	wish, columns := r.wish, r.facts.columns
	return r.client.HostByHost(ctx, "queues", err, func(vhost string) rows {
		wish.VHost = vhost
		return fromAPI(ctx, r.client, wish, columns)
	})
}

// lateStanding yields rows that came before the state of the nodes was known, and then an error if nodes do not run or
// their state is still unknown.
func (r *run) lateStanding(ctx context.Context, waited time.Duration) rows {
	const missing = "counts may be missing or old"
	return follow(r.answer(ctx), func() rows {
		if r.nodes.Answered() {
			if s, err := r.nodes.Standing(ctx); err == nil && s.Well() {
				return func(func(record.Row, error) bool) {}
			} else if err == nil {
				return record.Failing(s.Fault(missing))
			}
		}
		return record.Failing(r.nodes.Incomplete(ctx, waited, missing))
	})
}

// page requests a page of the statistics when the queues do not answer, and takes the answer that comes first. It
// requests only one page, because the broker may just be slow. The statistics of all queues cost the broker several
// times as much as the listing that keeps it busy; a page costs half as much as the statistics of all queues (measured
// on 4.3 with 10,000 queues).
func (r *run) page(ctx context.Context) rows {
	query := statistics.query(r.facts.columns)
	query.Set("page", "1")
	query.Set("page_size", strconv.Itoa(broker.PageSize))
	page := r.client.AttemptWhole(ctx, r.path(), query)
	r.asked = append(r.asked, page)
	select {
	case <-r.listing.Done():
		return r.answer(ctx)
	case <-page.Done():
	}
	body, err := page.Object(ctx, "items")
	if err != nil {
		return r.answer(ctx)
	}
	return r.wish.endWith(record.Stream(bytes.NewReader(body.At("items")), r.facts.columns), fail.New(fail.Incomplete,
		"the queues of %s did not answer in time: these rows are from the statistics, 5 s old or more, of %d queues at most",
		r.client.BaseURL(), broker.PageSize).
		Do(fail.WaitLonger).Do(fail.AskOneVHost))
}
