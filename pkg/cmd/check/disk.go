package check

import (
	"context"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func checkDisk() verb.Check {
	var warning, critical thresholdFlag
	var limits health.DiskLimits
	var horizon horizonFlags
	return verb.Check{
		Name:  "check_disk",
		Short: "Check each node's free disk space against its limit",
		Long: `Check each node's free disk space against disk_free_limit, both before an alarm stops all publishers and
during the alarm.

The health check for alarms tells whether an alarm is in effect, without delay. A disk alarm is CRITICAL. The figures
are from the node listing, which can be ten seconds old. If the two disagree, the check says so, and the alarm
decides. The check is UNKNOWN if a node does not run, or if the broker has no number for the free space. Here and
below, UNKNOWN takes the place of OK only: WARNING and CRITICAL stay. The check needs the tag monitoring.

A margin is an amount of free space: a multiple of the limit (2x) or a size (20GB, decimal as in rabbitmq.conf); 0
switches it off.

--horizon 8h warns when the free space would reach the limit within 8 hours, if it keeps falling at the present
rate. The check splits the time of its readings in two halves and takes the slower rate, so that one large file
does not count as a trend. The readings are those of the broker's statistics: one for each minute of the last
hour. With --state FILE they are those of earlier runs, for example of a cron job. With --sample 30s the check
takes three readings of its own. Give only one of these two flags, and --horizon with it. With --horizon the check
is also UNKNOWN if there are too few readings for a trend (as in the first runs with --state), if FILE cannot be
written, or if the free space did not change by a byte for ten minutes and six readings while at least 100 messages
were published: the node may have stopped watching its disk, which the API does not say. With --sample the check
cannot notice such a disk.

Where a flag, a variable or the context gives the Erlang cookie, each node that can be reached is asked whether
it watches its disk. If a node does not, its figure stays as it was and no alarm goes off, so the check is
UNKNOWN.

If the management API does not answer and there is an Erlang cookie, which can then also be in one of the usual
files (see rabbitctl help transports), the check asks the node of --node about its own disk. If the cluster has
other nodes, the check is then never OK. While the API answers, --node has no effect.`,
		Example: `  rabbitctl check_disk
  rabbitctl check_disk --horizon 8h,1h
  rabbitctl check_disk --horizon 72h --state /var/lib/nagios/disk.state
  rabbitctl check_disk --warning 3x --critical 20GB
  rabbitctl check_disk -o prometheus --output /var/lib/node_exporter/rabbitmq_disk.prom`,
		Flags: func(fs *pflag.FlagSet) {
			warning.add(fs, "warning", "2x", "`MARGIN` below which it is WARNING")
			critical.add(fs, "critical", "1.2x", "`MARGIN` below which it is CRITICAL")
			horizon.add(fs)
		},
		Validate: func(ask verb.Ask) (err error) {
			if limits.Warning, err = margin("--warning", warning.text); err != nil {
				return err
			}
			if limits.Critical, err = margin("--critical", critical.text); err != nil {
				return err
			}
			if err := inOrder(warning, critical, limits.Critical.Beyond(limits.Warning)); err != nil {
				return err
			}
			err = horizon.parse(ask)
			limits.Horizon, limits.NeedTrend = horizon.horizon, true
			return err
		},
		Run: func(ctx context.Context, c *broker.Client, ask verb.Ask) (verb.Report, error) {
			return reportDisk(ctx, c, ask, limits, horizon)
		},
		Itself: func(n survey.Itself, _ error) verb.Report {
			if !n.Running {
				return verb.StoppedNode(n, health.Unknown)
			}
			facts := health.DiskFacts{Nodes: []health.DiskNode{n.Disk()}, Alarms: n.OwnAlarms()}
			result, verdicts := health.Disk(facts, limits)
			alone(&result, n)
			result.Details = append(result.Details, watchAgain([]health.Node{n.Node})...)
			return verb.Report{Result: result, Evidence: record.Document{diskSection(verdicts, !limits.Horizon.IsZero())}}
		},
	}
}

// alone makes the result at least UNKNOWN if the cluster has other nodes: the asked node reports only its own disk.
func alone(r *health.Result, n survey.Itself) {
	if others := len(n.Members) - 1; others > 0 {
		r.Status = health.Worse(r.Status, health.Unknown)
		r.Summary += "; " + prose.Plural(others, "other node was", "other nodes were") + " not asked"
	}
}

func reportDisk(ctx context.Context, c *broker.Client, ask verb.Ask, limits health.DiskLimits,
	horizon horizonFlags) (verb.Report, error) {
	var before readings
	var err error
	if !limits.Horizon.IsZero() {
		if before, err = horizon.earlier(ctx, c, ask); err != nil {
			return verb.Report{}, err
		}
	}
	found, err := survey.Alarms(ctx, c)
	if err != nil {
		return verb.Report{}, err
	}
	listed, err := survey.Nodes(ctx, c)
	if err != nil {
		return verb.Report{}, err
	}
	facts := health.DiskFacts{Alarms: found}
	asked, whyNot := askWatch(ctx, ask, listed)
	for _, n := range listed {
		facts.Nodes = append(facts.Nodes, n.Disk())
	}
	if !limits.Horizon.IsZero() {
		if before.now {
			before.add(ask.Now(), listed)
		}
		facts.Trends = survey.Trends(before.points, limits.Horizon, before.least)
	}
	result, verdicts := health.Disk(facts, limits)
	r := verb.Report{Result: result, Evidence: record.Document{diskSection(verdicts, !limits.Horizon.IsZero())}}
	r.LookedAt = before.source
	if asked {
		r.Transports = []string{verb.HTTP, verb.Erlang}
	}
	r.Details = append(r.Details, watchAgain(listed)...)
	if whyNot != nil {
		r.Details = append(r.Details, "whether the nodes watch their disks is not known: "+whyNot.Error())
	}
	if result.Status == health.Critical && len(found) > 0 {
		r.Details = append(r.Details, "next: rabbitctl explain_blocked")
	}
	before.store(&r)
	return r, nil
}

func margin(flag, text string) (health.Margin, error) {
	if text == "0" {
		return health.Margin{}, nil
	}
	m, err := health.ParseMargin(text)
	if err != nil {
		return m, fail.Usagef("%s: %v", flag, err)
	}
	return m, nil
}

// diskSection returns a row for each node. If ahead is true, the row has the time until the node's alarm.
func diskSection(verdicts []health.DiskVerdict, ahead bool) record.Section {
	s := record.Section{Name: "nodes", Columns: []record.Column{
		{Name: "node"}, {Name: "status"}, {Name: "disk_free", Kind: record.Bytes}, {Name: "disk_free_limit",
			Kind: record.Bytes},
		{Name: "ratio"}, {Name: "alarm", Kind: record.Flag}, {Name: "figures"}}}
	for _, v := range verdicts {
		var ratio record.Value
		if r, ok := v.Ratio(); ok {
			ratio = record.Of(health.CutOff(r, 2))
		}
		row := record.Row{record.Of(v.Name), record.Of(v.Status), survey.Figure(v.Free), survey.Figure(v.Limit), ratio,
			alarmFlag(v.Alarmed, v.Running), record.Of(figuresAre(v.Stale, v.Running))}
		if ahead {
			row = append(row, survey.Figure(v.AlarmIn))
		}
		s.Rows = append(s.Rows, row)
	}
	if ahead {
		s.Columns = append(s.Columns, record.Column{Name: "alarm_in", Kind: record.Seconds})
	}
	return s
}
