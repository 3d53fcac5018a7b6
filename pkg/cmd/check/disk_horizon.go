package check

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// horizonFlags say how long the free space must last, and from which readings its trend is computed.
type horizonFlags struct {
	text   string
	sample time.Duration
	state  string

	horizon health.Horizon
}

func (f *horizonFlags) add(fs *pflag.FlagSet) {
	fs.StringVar(&f.text, "horizon", "",
		"WARNING when the free space would reach the limit within `TIME[,TIME]`; the second, shorter one is CRITICAL")
	config.DurationFlag(fs, &f.sample, "sample", 0,
		"compute the trend from three readings within `TIME`, not by what the broker remembers")
	fs.StringVar(&f.state, "state", "",
		"compute the trend from the readings of earlier runs, kept in `FILE`; the broker remembers an hour only")
}

func (f *horizonFlags) parse(ask verb.Ask) error {
	f.horizon = health.Horizon{}
	if f.text == "" {
		if f.sample != 0 || f.state != "" {
			return fail.Usagef("--sample and --state need --horizon").Next("for example --horizon 8h")
		}
		return nil
	}
	warning, critical, both := strings.Cut(f.text, ",")
	var err error
	if f.horizon.Warning, err = horizonTime(warning); err == nil && both {
		f.horizon.Critical, err = horizonTime(critical)
	}
	if err != nil {
		return err
	}
	if f.horizon.Critical > f.horizon.Warning {
		return fail.Usagef("--horizon %s would be CRITICAL before WARNING: the first number is the WARNING limit", f.text).
			Next("--horizon %s,%s", critical, warning)
	}
	least := health.LeastSample(f.horizon)
	switch timeout := ask.Timeout(); {
	case f.sample != 0 && f.state != "":
		return fail.Usagef("--sample and --state are two ways to get readings: give one of them")
	case f.sample != 0 && f.sample < least:
		return fail.Usagef("--sample %s is too short for a trend over %s", f.sample, warning).
			Next("--sample %s; without --sample the check uses the broker's samples of the last hour", least)
	case f.sample != 0 && timeout > 0 && f.sample >= timeout:
		return fail.Usagef("--sample %s does not fit into --timeout %s", f.sample, timeout).
			Next("--timeout %d", int((f.sample + 30*time.Second).Seconds()))
	}
	return nil
}

func horizonTime(text string) (time.Duration, error) {
	text = strings.TrimSpace(text)
	d, err := config.ReadDuration(strings.TrimSpace(text))
	if err != nil || d < time.Minute {
		return 0, fail.Usagef("--horizon: %q is not a time of at least one minute, such as 8h", text)
	}
	return d, nil
}

// readings are the figures of disk space from which the trends are computed.
type readings struct {
	points map[string][]health.DiskPoint
	// source says where the readings come from. least is the shortest time that they must span.
	source string
	least  time.Duration
	// now means that the present figures must be added as the last reading. The samples that the broker remembers already
	// contain that reading, with times of the broker's clock.
	now bool
	// published is how many messages were published to the cluster until now; 0 if the check does not ask for it.
	published float64
	// keep writes the readings to a file for the next run; nil means that they are not kept.
	keep func() error
}

// earlier returns the readings from which the trend is computed. The readings of --sample and --state do not contain
// the present reading; the readings that the broker remembers contain it.
func (f *horizonFlags) earlier(ctx context.Context, c *broker.Client, ask verb.Ask) (readings, error) {
	switch {
	case f.sample > 0:
		return f.sampled(ctx, c, ask)
	case f.state != "":
		return f.kept(ctx, c, ask)
	}
	history, err := survey.DiskHistory(ctx, c)
	return readings{points: history, least: health.LeastSpan(f.horizon),
		source: "the trend by what the broker remembers of the last hour"}, err
}

// sampled takes the first two of three readings, and waits until the third is due.
func (f *horizonFlags) sampled(ctx context.Context, c *broker.Client, ask verb.Ask) (readings, error) {
	r := readings{points: map[string][]health.DiskPoint{}, now: true, least: health.LeastSample(f.horizon),
		source: "the trend by three readings in " + health.Lasting(f.sample.Seconds())}
	for i := range 2 {
		listed, err := survey.Nodes(ctx, c)
		if err != nil {
			return r, err
		}
		r.add(ask.Now(), listed)
		ask.Waiting("reading %d of 3 is taken; the next one in %s", i+1, f.sample/2)
		if err := ask.Sleep(ctx, f.sample/2); err != nil {
			return r, err
		}
	}
	return r, nil
}

// kept returns the readings of earlier runs.
func (f *horizonFlags) kept(ctx context.Context, c *broker.Client, ask verb.Ask) (readings, error) {
	r := readings{points: map[string][]health.DiskPoint{}, now: true, least: health.LeastSpan(f.horizon),
		source: "the trend by the readings in " + f.state}
	file := stateOf[health.DiskReading]("check_disk", f.state)
	// Read the file before the first request: if it is not a state file, the check ends at once.
	before, err := file.read(ask)
	if err != nil {
		return r, err
	}
	overview, err := c.Overview(ctx)
	if err != nil {
		return r, err
	}
	r.published, _ = overview.At("message_stats.publish").Number()
	name := overview.At("cluster_name").Text()
	if before != nil && before.Broker == name {
		for node, points := range before.Nodes {
			r.points[node] = points
		}
	}
	r.keep = func() error {
		return file.write(ask, health.DiskReading{Broker: name, Nodes: r.points}.Kept(f.horizon))
	}
	return r, nil
}

// add records the disk figures of the listed nodes, with the time at which they were read.
func (r readings) add(at time.Time, listed []health.Node) {
	for _, n := range listed {
		if n.Running && n.DiskFree.Known {
			r.points[n.Name] = append(r.points[n.Name], health.DiskPoint{Taken: at, Free: n.DiskFree.Value,
				Published: r.published})
		}
	}
}

// store writes the readings to the file for the next run. If that fails, the report becomes UNKNOWN.
func (r readings) store(report *verb.Report) {
	if r.keep == nil {
		return
	}
	if err := r.keep(); err != nil {
		report.Status = health.Worse(report.Status, health.Unknown)
		report.Details = append(report.Details, fmt.Sprintf("this reading could not be saved, so the next run will not have it: %v", err))
	}
}
