package check

import (
	"context"
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func (q *queuesAsked) run(ctx context.Context, c *broker.Client, ask verb.Ask) (verb.Report, error) {
	one := *q // a copy: the same check may ask several brokers at once
	q = &one
	q.choice.Scope = ask.VHost
	earlier, blind, err := q.earlier(ctx, c, ask)
	if err != nil {
		return verb.Report{}, err
	}
	now, facts, err := q.judge(ctx, c, ask, earlier)
	if err != nil {
		return verb.Report{}, err
	}
	if facts.Blind = now.blind; len(facts.Blind) == 0 {
		facts.Blind = blind
	}
	facts.Sources = now.sources
	if earlier != nil && now.noTrend == "" {
		facts.Sources += ", growth over " + health.Lasting(now.Taken.Sub(earlier.Taken).Seconds())
	}
	if now.unlisted != nil {
		facts.Sources += ", and the list of consumers, which is more recent, could not be read: " + now.unlisted.Error()
	}
	if err := hosts(ctx, c, now.vhosts, &facts); err != nil {
		return verb.Report{}, err
	}
	result, verdicts := health.Queues(facts)
	r := verb.Report{Result: result, Evidence: queueSection(verdicts)}
	// Keep no reading that cannot be trusted: the next run would base its verdict on it.
	if q.state != "" && len(now.blind) == 0 && !now.tooClose(earlier) {
		if err := stateOf[queueState]("check_queues", q.state).write(ask, now.queueState); err != nil {
			r.Status = health.Worse(r.Status, health.Unknown)
			r.Details = append(r.Details, err.Error()+": the next run cannot compute growth")
		}
	}
	return r, nil
}

// earlier returns the reading to compare with. With --state this is the reading that an earlier run has kept, with
// --sample a first look at the queues. Without these flags, and with --state before any run has kept a reading, the
// result "then" is nil. The result blind says why the figures of a first look cannot be trusted.
func (q *queuesAsked) earlier(ctx context.Context, c *broker.Client,
	ask verb.Ask) (then *queueState, blind []string, err error) {
	if q.state != "" {
		// Read the file before the first request: if it is not a state file, the check ends.
		then, err = stateOf[queueState]("check_queues", q.state).read(ask)
		return then, nil, err
	}
	if q.sample == 0 {
		return nil, nil, nil
	}
	first, err := q.begin(ctx, c, ask)
	if err != nil {
		return nil, nil, err
	}
	first.Messages = newHeld()
	n := 0
	err = first.each(ctx, c, ask, nil, func(x health.Queue) {
		n++
		first.Messages.put(x.VHost, x.Name, x.Messages)
	})
	if err != nil {
		return nil, nil, err
	}
	ask.Waiting("%d queues seen; looking again in %s", n, q.sample)
	return &first.queueState, first.blind, ask.Sleep(ctx, q.sample)
}

// judge lists the queues, and judges each queue as soon as it is read, unless the queue has to wait for the list of
// consumers: see recount.
func (q *queuesAsked) judge(ctx context.Context, c *broker.Client, ask verb.Ask,
	earlier *queueState) (*queueLook, health.QueueFacts, error) {
	now, err := q.begin(ctx, c, ask)
	if err != nil {
		return nil, health.QueueFacts{}, err
	}
	var known *survey.QueueStatistics
	if q.needsStatistics() && len(now.blind) == 0 {
		if known, err = survey.Statistics(ctx, c, ask.VHost); err != nil {
			return nil, health.QueueFacts{}, err
		}
		now.Taken = ask.Now()
	}
	now.noTrend = noTrend(earlier, now.QueueReading, q.state)
	if q.state != "" {
		now.Messages = newKept()
	}
	judge := q.choice.Judge(float64(now.Taken.Unix()), now.noTrend)
	add, again := judge.Add, newRecount(ctx, c, ask.VHost, judge)
	if len(now.blind) == 0 {
		add = again.add
	}
	err = now.each(ctx, c, ask, known, func(x health.Queue) {
		if earlier != nil && now.noTrend == "" {
			x.Growth = now.Growth(earlier.QueueReading, earlier.Messages.of(x.VHost, x.Name), x.Messages)
		}
		if q.state != "" {
			now.keep(x)
		}
		add(x)
	})
	if err != nil {
		return nil, health.QueueFacts{}, err
	}
	again.end()
	now.unlisted = again.err
	return now, judge.Facts(), nil
}

// needsStatistics tells whether a limit is set on a figure that only the statistics have.
func (q *queuesAsked) needsStatistics() bool {
	return q.choice.Any(func(l health.QueueLimits) bool {
		return !l.Consumers.IsZero() || !l.Age.IsZero() ||
			!l.Drain.IsZero()
	})
}

// queueLook is one look at the queues.
type queueLook struct {
	queueState
	// blind says why the figures cannot be trusted, and noTrend says why the growth of queues is not known.
	blind   []string
	noTrend string
	sources string
	// unlisted is the error if the list of consumers could not be read.
	unlisted error
	// vhosts has the virtual hosts in which queues were seen.
	vhosts map[string]bool
}

// begin requests the facts that must be known before the queues are listed.
func (q *queuesAsked) begin(ctx context.Context, c *broker.Client, ask verb.Ask) (*queueLook, error) {
	nodes, err := survey.Nodes(ctx, c)
	if err != nil {
		return nil, err
	}
	l := &queueLook{blind: survey.Whole(nodes), vhosts: map[string]bool{}}
	l.Scope = ask.VHost
	if q.sample > 0 || q.state != "" {
		if l.Broker, err = c.ClusterName(ctx); err != nil {
			return nil, err
		}
	}
	l.Taken = ask.Now()
	return l, nil
}

// each calls f for each queue, with the most reliable figures. known has the figures that only the statistics have, or
// is nil.
func (l *queueLook) each(ctx context.Context, c *broker.Client, ask verb.Ask, known *survey.QueueStatistics,
	f func(health.Queue)) error {
	quorum := false
	note := func(x health.Queue) {
		l.vhosts[x.VHost] = true
		quorum = quorum || x.Type == "quorum"
		f(x)
	}
	if len(l.blind) > 0 {
		l.sources = "figures up to 10 s old"
		return survey.EachQueueInStatistics(ctx, c, ask.VHost, note)
	}
	if err := survey.EachQueue(ctx, c, ask.VHost, known, note); err != nil {
		return err
	}
	l.sources = "counts of this moment"
	if quorum {
		l.sources += " (of quorum queues up to 5 s old)"
	}
	if known != nil {
		l.sources += ", consumers up to 10 s old"
	}
	// A node may have stopped during the listing. While a node stops, its queues are listed with 0 messages.
	nodes, err := survey.Nodes(ctx, c)
	l.blind = survey.Whole(nodes)
	return err
}

// noTrend says why the growth since the earlier reading is not known. It returns "" if the growth is known or not
// wanted.
func noTrend(earlier *queueState, now health.QueueReading, state string) string {
	switch {
	case earlier == nil && state != "":
		return "growth is not known: there was no earlier reading; this one is kept in " + state
	case earlier == nil:
		return ""
	}
	return now.Against(earlier.QueueReading)
}

// tooClose tells whether the earlier reading is so recent that it must be kept. If every run replaced it, frequent runs
// would never find one that is old enough.
func (l *queueLook) tooClose(earlier *queueState) bool {
	if earlier == nil {
		return false
	}
	since := l.Taken.Sub(earlier.Taken)
	return since >= 0 && since < health.StatisticsInterval && earlier.Broker == l.Broker
}

// hosts counts the virtual hosts that the user can look into. With a scope, only the virtual host of the scope counts.
// The parameter "with" has the virtual hosts in which queues were seen. If the user can look into none, hosts says this
// in f.Blind, since a broker full of queues looks empty to such a user.
func hosts(ctx context.Context, c *broker.Client, with map[string]bool, f *health.QueueFacts) error {
	if f.Scope != "" {
		f.VHosts, f.Seen = 1, 1
		return nil
	}
	var err error
	if f.VHosts, f.Seen, err = survey.VHosts(ctx, c, with); err != nil {
		return err
	}
	if f.Seen == 0 {
		f.Blind = append(f.Blind, fmt.Sprintf("user %s has access to none of the virtual hosts, so it sees no queue",
			c.Username()))
	}
	return nil
}
