package check

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// evidenceQueues is how many queues the evidence shows, the worst first.
const evidenceQueues = 100

// queuesAsked is what the command line of check_queues says.
type queuesAsked struct {
	match, exclude []string
	temporary      bool
	missing        string
	file           string
	limits         limitFlags
	sample         time.Duration
	state          string

	choice health.QueueChoice
}

func checkQueues() verb.Check {
	q := &queuesAsked{limits: limitFlags{}}
	return verb.Check{
		Name:  "check_queues",
		Short: "Check queues against limits: consumers, depth, age, growth, drain time",
		Long: `Check every queue, or those that --match and --limits name, against limits of each single queue.

A limit is a plain number: --max-ready 1000 is CRITICAL above 1000, --min-consumers 1 below 1. Two numbers are the
WARNING limit and the CRITICAL one: --max-ready 500,1000; a single one with a comma behind it warns only: 500,. A text with
":", "@" or "~" is a range of the Monitoring Plugins guidelines, of seconds where a time is meant.

Growth and the time to drain come from two readings: --sample 15s takes both, --state FILE keeps one for the next run, as
cron wants it. A queue whose consumers finish as much in 10 s as it holds drains, whatever its messages do. The age is
that of the oldest message by its timestamp property, which brokers tell of classic queues only.

A queue that has too few consumers by the statistics is looked up in the list of consumers, which has a new one within 5 s.

Exclusive and server-named (amq.…) queues are left out unless --include-temporary asks for them, or a limits file names
them. Of streams only the consumers are judged, since messages stay in them. UNKNOWN is: a queue or pattern that nothing
is there for (see --missing), a figure that the broker does not tell, a user who sees no virtual host, a node that is not
running, a cluster that is split.

A limits file has a table for each queue or pattern. The first that names a queue counts, and what it leaves open
comes from the flags; without any flag only queues that are named are judged:

  [[queue]]
  name = "orders"
  min-consumers = "2,1"
  max-age = "10m"
  missing = "critical"

  [[queue]]
  match = '^batch\.'
  vhost = "prod"
  max-ready = 100000`,
		Example: `  rabbitctl check_queues --min-consumers 1 --exclude '^batch\.'
  rabbitctl check_queues -p prod --max-ready 500,1000 --max-unacked 200
  rabbitctl check_queues --sample 15s --max-drain 15m
  rabbitctl check_queues --state /var/lib/nagios/orders.state --max-growth 1 --match '^orders$' --missing critical
  rabbitctl check_queues --limits queues.toml --state /var/lib/nagios/queues.state`,
		Scoped: true,
		Flags: func(fs *pflag.FlagSet) {
			fs.StringArrayVar(&q.match, "match", nil, "judge queues whose name matches `REGEX` (may be repeated: any)")
			fs.StringArrayVar(&q.exclude, "exclude", nil, "leave out queues whose name matches `REGEX` (may be repeated)")
			fs.BoolVar(&q.temporary, "include-temporary", false, "judge exclusive and server-named queues too")
			missingFlag(fs, &q.missing, "there is no such queue, or none at all")
			fs.StringVar(&q.file, "limits", "", "read limits of single queues and patterns from `FILE`")
			q.limits.add(fs)
			config.DurationFlag(fs, &q.sample, "sample", 0, "take two readings `TIME` apart, at least 5s, for growth and time to drain")
			fs.StringVar(&q.state, "state", "", "keep the reading in `FILE` for the next run, for growth and time to drain")
		},
		Validate: q.validate,
		Run:      q.run,
	}
}

// validate checks all that was typed, and reads the limits file.
func (q *queuesAsked) validate(ask verb.Ask) error {
	q.choice = health.QueueChoice{Temporary: q.temporary}
	var err error
	if q.choice.Match, err = patterns("--match", q.match); err != nil {
		return err
	}
	if q.choice.Exclude, err = patterns("--exclude", q.exclude); err != nil {
		return err
	}
	if q.choice.Missing, err = parseMissing(q.missing); err != nil {
		return err
	}
	if q.choice.Limits, err = q.limits.parse(); err != nil {
		return err
	}
	switch timeout := ask.Timeout(); {
	case q.sample != 0 && q.state != "":
		return fail.Usagef("--sample and --state are two ways to get two readings: give one of them")
	case q.sample != 0 && q.sample < health.StatisticsInterval:
		return fail.Usagef("--sample %s is too short: brokers renew their figures every 5s", q.sample).Next("--sample 15s")
	case q.sample != 0 && timeout > 0 && q.sample >= timeout:
		return fail.Usagef("--sample %s does not fit into --timeout %s", q.sample, timeout).Next("--timeout %d", int((q.sample + 30*time.Second).Seconds()))
	}
	if q.file != "" {
		data, err := ask.ReadFile(q.file)
		if err != nil {
			return err
		}
		if q.choice.Entries, err = parseLimits(q.file, data); err != nil {
			return err
		}
	}
	switch limited := q.choice.Any(func(l health.QueueLimits) bool { return !l.IsZero() }); {
	case !limited && q.file == "":
		return fail.Usagef("nothing is limited").Next("for example: rabbitctl check_queues --min-consumers 1 --max-ready 1000")
	case q.choice.Trend() && q.sample == 0 && q.state == "":
		return fail.Usagef("growth and time to drain need two readings").Next("--sample 15s takes both, --state FILE keeps one for the next run")
	}
	return nil
}

func patterns(flag string, texts []string) ([]*regexp.Regexp, error) {
	var out []*regexp.Regexp
	for _, t := range texts {
		r, err := regexp.Compile(t)
		if err != nil {
			return nil, fail.Usagef("%s %q is no regular expression: %v", flag, t, err)
		}
		out = append(out, r)
	}
	return out, nil
}

func (q *queuesAsked) run(ctx context.Context, c *broker.Client, ask verb.Ask) (verb.Report, error) {
	q.choice.Scope = ask.VHost
	var earlier *health.QueueReading
	var blind []string
	var err error
	if q.state != "" {
		// Before the first request: a file that is not ours ends it.
		if earlier, err = stateOf[health.QueueReading]("check_queues", q.state).read(ask); err != nil {
			return verb.Report{}, err
		}
	}
	if q.sample > 0 {
		first, err := q.look(ctx, c, ask, false)
		if err != nil {
			return verb.Report{}, err
		}
		earlier, blind = &first.reading, first.blind
		ask.Waiting("%d queues seen; looking again in %s", len(first.queues), q.sample)
		if err := ask.Sleep(ctx, q.sample); err != nil {
			return verb.Report{}, err
		}
	}
	now, err := q.look(ctx, c, ask, true)
	if err != nil {
		return verb.Report{}, err
	}
	noTrend := now.compare(earlier, q.state)
	facts := q.choice.Choose(now.queues)
	facts.Now = float64(now.reading.Taken.Unix())
	if facts.Blind = now.blind; len(facts.Blind) == 0 {
		facts.Blind = blind
	}
	facts.Sources = now.sources
	if noTrend != "" && q.choice.Trend() {
		facts.NoTrend = noTrend
	} else if earlier != nil && noTrend == "" {
		facts.Sources += ", growth over " + health.Lasting(now.reading.Taken.Sub(earlier.Taken).Seconds())
	}
	if err := q.hosts(ctx, c, now.queues, &facts); err != nil {
		return verb.Report{}, err
	}
	if len(now.blind) == 0 {
		recountConsumers(ctx, c, ask.VHost, &facts)
	}
	result, verdicts := health.Queues(facts)
	r := verb.Report{Result: result, Evidence: queueSection(verdicts)}
	// A reading that is not to be believed is no ground for the next verdict.
	if q.state != "" && len(now.blind) == 0 && !now.tooClose(earlier) {
		if err := stateOf[health.QueueReading]("check_queues", q.state).write(ask, now.reading); err != nil {
			r.Status = health.Worse(r.Status, health.Unknown)
			r.Details = append(r.Details, err.Error()+": the next run will know no growth")
		}
	}
	return r, nil
}

// queuesSeen are the queues at one moment.
type queuesSeen struct {
	queues  []health.Queue
	reading health.QueueReading
	blind   []string
	sources string
}

// look asks for the queues by the requests that the limits need; of the first of two readings only the counts are.
func (q *queuesAsked) look(ctx context.Context, c *broker.Client, ask verb.Ask, last bool) (*queuesSeen, error) {
	nodes, err := survey.Nodes(ctx, c)
	if err != nil {
		return nil, err
	}
	s := &queuesSeen{blind: survey.Whole(nodes)}
	statistics := q.choice.Any(func(l health.QueueLimits) bool { return !l.Consumers.IsZero() || !l.Age.IsZero() || !l.Drain.IsZero() })
	statistics = statistics && last
	trend := q.sample > 0 || q.state != ""
	taken := ask.Now()
	switch {
	case len(s.blind) > 0:
		s.sources = "figures up to 10 s old"
		s.queues, err = survey.Queues(ctx, c, ask.VHost, true)
	case statistics:
		s.sources = "counts of this moment, consumers up to 10 s old"
		if s.queues, err = survey.Queues(ctx, c, ask.VHost, false); err == nil {
			var known []health.Queue
			known, err = survey.Queues(ctx, c, ask.VHost, true)
			withStatistics(s.queues, known)
		}
	default:
		s.sources = "counts of this moment"
		s.queues, err = survey.Queues(ctx, c, ask.VHost, false)
	}
	if err != nil {
		return nil, err
	}
	if len(s.blind) == 0 && slices.ContainsFunc(s.queues, func(q health.Queue) bool { return q.Type == "quorum" }) {
		s.sources = strings.Replace(s.sources, "this moment", "this moment (of quorum queues up to 5 s old)", 1)
	}
	if len(s.blind) == 0 {
		// What was whole may not have been until the end: while a node goes, the queues on it count 0.
		if nodes, err = survey.Nodes(ctx, c); err != nil {
			return nil, err
		}
		s.blind = survey.Whole(nodes)
	}
	name := ""
	if trend {
		if name, err = c.ClusterName(ctx); err != nil {
			return nil, err
		}
	}
	s.reading = health.ReadQueues(taken, name, ask.VHost, s.queues)
	return s, nil
}

// withStatistics adds to queues what only the statistics have.
func withStatistics(queues, known []health.Queue) {
	by := map[[2]string]health.Queue{}
	for _, k := range known {
		by[[2]string{k.VHost, k.Name}] = k
	}
	for i, q := range queues {
		k := by[[2]string{q.VHost, q.Name}]
		queues[i].Consumers, queues[i].Acked, queues[i].Head = k.Consumers, k.Acked, k.Head
	}
}

// compare fills in the growth, or says why there is none.
func (s *queuesSeen) compare(earlier *health.QueueReading, state string) string {
	switch {
	case earlier == nil && state != "":
		return "growth is not known: there was no earlier reading; this one is kept in " + state
	case earlier == nil:
		return ""
	}
	if why := s.reading.Against(*earlier); why != "" {
		return why
	}
	s.reading.Growth(*earlier, s.queues)
	return ""
}

// tooClose tells whether the earlier reading must be kept, since otherwise frequent runs would never find an old one.
func (s *queuesSeen) tooClose(earlier *health.QueueReading) bool {
	if earlier == nil {
		return false
	}
	since := s.reading.Taken.Sub(earlier.Taken)
	return since >= 0 && since < health.StatisticsInterval && earlier.Broker == s.reading.Broker
}

// hosts counts the virtual hosts that could be looked into. A user who sees none sees a full broker as an empty one.
func (q *queuesAsked) hosts(ctx context.Context, c *broker.Client, queues []health.Queue, f *health.QueueFacts) error {
	if f.Scope != "" {
		f.VHosts, f.Seen = 1, 1
		return nil
	}
	with := map[string]bool{}
	for _, x := range queues {
		with[x.VHost] = true
	}
	var err error
	if f.VHosts, f.Seen, err = survey.VHosts(ctx, c, with); err != nil {
		return err
	}
	if f.Seen == 0 {
		f.Blind = append(f.Blind, fmt.Sprintf("user %s has access to none of the virtual hosts, so it sees no queue", c.Username()))
	}
	return nil
}

// queueSection shows the worst queues, and the others as far as there is room.
func queueSection(verdicts []health.QueueVerdict) record.Document {
	s := record.Section{Name: "queues", Columns: []record.Column{{Name: "vhost"}, {Name: "name"}, {Name: "status"}, {Name: "consumers", Kind: record.Count},
		{Name: "ready", Kind: record.Count}, {Name: "unacked", Kind: record.Count}, {Name: "oldest", Kind: record.Seconds},
		{Name: "growth", Kind: record.Rate}, {Name: "drain", Kind: record.Seconds}, {Name: "reason"}}}
	for _, v := range verdicts[:min(len(verdicts), evidenceQueues)] {
		s.Rows = append(s.Rows, record.Row{record.Of(v.VHost), record.Of(v.Name), record.Of(v.Status), survey.Figure(v.Consumers), survey.Figure(v.Ready),
			survey.Figure(v.Unacked), survey.Figure(v.Age), fraction(v.Growth), survey.Figure(v.Drain), record.Of(strings.Join(v.Reasons, ", "))})
	}
	if len(s.Rows) == 0 {
		return nil
	}
	return record.Document{s}
}

// fraction is a reading with two digits behind the point; absent when it is not known.
func fraction(r health.Reading) record.Value {
	if !r.Known {
		return nil
	}
	return record.Of(float64(int64(r.Value*100)) / 100)
}
