package check

import (
	"regexp"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// evidenceRows is how many queues or virtual hosts the evidence shows, the worst first.
const evidenceRows = 100

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
		Long: `Check every queue, or with --match only those whose name matches. At least one limit is needed, from a flag
or from the file of --limits. A limit holds for each queue by itself.

A limit is a plain number, or a time such as 15m: with --max-ready 1000 a queue is CRITICAL above 1000 ready
messages, with --min-consumers 1 below one consumer, with --max-age 15m above 15 minutes. Two numbers are the
WARNING limit and the CRITICAL limit, as in --max-ready 500,1000. A number with a comma behind it, as in
"--max-ready 500,", is a WARNING limit only. A text with ":", "@" or "~" is a range as the Monitoring Plugins
guidelines define it; ranges of times are in seconds.

Growth and the time to drain need two readings. --sample 15s takes both; --state FILE keeps one for the next
run, which suits cron. With --state, a limit on either is UNKNOWN in the first run, and if the last reading is
less than 5 s or more than 3 hours old. For --max-drain, a queue that its consumers can empty within 10 s counts
as empty, even while it grows; --max-growth judges it like any other. The age of a queue is that of its oldest
message, by the message's timestamp property. Brokers report it for classic queues only: with --max-age, a
quorum queue that holds messages is UNKNOWN, and so is a classic queue whose oldest message has no timestamp.

If the statistics show too few consumers, the broker's list of consumers is asked, which shows a new consumer within 5 s.

Exclusive and server-named (amq.…) queues are skipped, unless --include-temporary is given or a limits file has a
table with their name; a table with match does not include them. For a stream, only the number of consumers is
judged, since a stream keeps its messages. The user needs the tag monitoring. If no queue is beyond a limit, the
verdict is UNKNOWN in each of these cases: no queue has a given name or matches a given pattern (see --missing), the
broker does not report a figure, the user sees no virtual host, a node does not run, the cluster is split, or FILE of
--state cannot be written.

A limits file has a table for each queue or pattern. The first table that fits a queue applies; limits that it
does not set come from the flags. If no flag sets a limit, only queues that a table fits are judged. --match and
--exclude hold for queues that a table fits, too:

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
			fs.StringArrayVar(&q.match, "match", nil, "judge queues whose name matches `REGEX` (may be repeated: one match is enough)")
			fs.StringArrayVar(&q.exclude, "exclude", nil, "leave out queues whose name matches `REGEX` (may be repeated)")
			fs.BoolVar(&q.temporary, "include-temporary", false, "judge exclusive and server-named queues too")
			missingFlag(fs, &q.missing, "no queue has a given name or matches a given pattern, or no queue is left to judge")
			fs.StringVar(&q.file, "limits", "", "read limits of single queues and patterns from `FILE`")
			q.limits.add(fs)
			config.DurationFlag(fs, &q.sample, "sample", 0,
				"take two readings `TIME` apart, at least 5s, for growth and time to drain")
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
		return fail.Usagef("--sample %s does not fit into --timeout %s", q.sample, timeout).
			Next("--timeout %d", int((q.sample + 30*time.Second).Seconds()))
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
		return fail.Usagef("no limit is given").
			Next("for example: rabbitctl check_queues --min-consumers 1 --max-ready 1000")
	case q.choice.Trend() && q.sample == 0 && q.state == "":
		return fail.Usagef("growth and time to drain need two readings").
			Next("--sample 15s takes both, --state FILE keeps one for the next run")
	}
	return nil
}

func patterns(flag string, texts []string) ([]*regexp.Regexp, error) {
	var out []*regexp.Regexp
	for _, t := range texts {
		r, err := regexp.Compile(t)
		if err != nil {
			return nil, fail.Usagef("%s %q is not a regular expression: %v", flag, t, err)
		}
		out = append(out, r)
	}
	return out, nil
}

// queueSection returns a table of the queues, the worst first, with at most evidenceRows rows.
func queueSection(verdicts []health.QueueVerdict) record.Document {
	s := record.Section{Name: "queues", Optional: true, Columns: []record.Column{{Name: "vhost"}, {Name: "name"},
		{Name: "status"},
		{Name: "consumers", Kind: record.Count},
		{Name: "ready", Kind: record.Count}, {Name: "unacked", Kind: record.Count}, {Name: "oldest", Kind: record.Seconds},
		{Name: "growth", Kind: record.Rate}, {Name: "drain", Kind: record.Seconds}, {Name: "reason"}}}
	for _, v := range verdicts[:min(len(verdicts), evidenceRows)] {
		s.Rows = append(s.Rows, record.Row{record.Of(v.VHost), record.Of(v.Name), record.Of(v.Status),
			survey.Figure(v.Consumers), survey.Figure(v.Ready),
			survey.Figure(v.Unacked), survey.Figure(v.Age), fraction(v.Growth), survey.Figure(v.Drain),
			record.Of(strings.Join(v.Reasons, ", "))})
	}
	return record.Document{s}
}

// fraction returns the reading with two decimal places, or an absent value if the reading is unknown.
func fraction(r health.Reading) record.Value {
	if !r.Known {
		return nil
	}
	return record.Of(health.CutOff(r.Value, 2))
}
