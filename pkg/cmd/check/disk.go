package check

import (
	"context"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func checkDisk() verb.Check {
	var warning, critical thresholdFlag
	var limits health.DiskLimits
	return verb.Check{
		Name:  "check_disk",
		Short: "Check each node's free disk space against its limit",
		Long: `Check each node's free disk space against disk_free_limit, before the alarm stops all publishers and when it has.

Whether an alarm is in effect is asked of the alarms check, which is right at once. The figures are from the node
listing, which can be ten seconds old; where the two disagree it says so, and the alarm decides. A free space that the
broker does not know as a number is UNKNOWN.

A margin is a multiple of the limit (2x) or a size (20GB, decimal as in rabbitmq.conf); 0 switches it off.`,
		Example: `  rabbitctl check_disk
  rabbitctl check_disk --warning 3x --critical 20GB
  rabbitctl check_disk -o prometheus --output /var/lib/node_exporter/rabbitmq_disk.prom`,
		Flags: func(fs *pflag.FlagSet) {
			warning.add(fs, "warning", "2x", "`MARGIN` below which it is WARNING")
			critical.add(fs, "critical", "1.2x", "`MARGIN` below which it is CRITICAL")
		},
		Validate: func(verb.Ask) (err error) {
			if limits.Warning, err = margin("--warning", warning.text); err != nil {
				return err
			}
			if limits.Critical, err = margin("--critical", critical.text); err != nil {
				return err
			}
			return inOrder(warning, critical, limits.Critical.Beyond(limits.Warning))
		},
		Run: func(ctx context.Context, c *broker.Client, _ verb.Ask) (verb.Report, error) {
			found, err := survey.Alarms(ctx, c)
			if err != nil {
				return verb.Report{}, err
			}
			listed, err := survey.Nodes(ctx, c)
			if err != nil {
				return verb.Report{}, err
			}
			facts := health.DiskFacts{Alarms: found}
			for _, n := range listed {
				facts.Nodes = append(facts.Nodes, n.Disk())
			}
			result, verdicts := health.Disk(facts, limits)
			r := verb.Report{Result: result, Evidence: record.Document{diskSection(verdicts)}}
			if result.Status == health.Critical && len(found) > 0 {
				r.Details = append(r.Details, "next: rabbitctl explain_blocked")
			}
			return r, nil
		},
	}
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

// diskSection is a row for each node.
func diskSection(verdicts []health.DiskVerdict) record.Section {
	s := record.Section{Name: "nodes", Columns: []record.Column{
		{Name: "node"}, {Name: "status"}, {Name: "disk_free", Kind: record.Bytes}, {Name: "disk_free_limit", Kind: record.Bytes},
		{Name: "ratio"}, {Name: "alarm", Kind: record.Flag}, {Name: "figures"}}}
	for _, v := range verdicts {
		var ratio record.Value
		if r, ok := v.Ratio(); ok {
			ratio = record.Of(float64(int64(r*100)) / 100)
		}
		s.Rows = append(s.Rows, record.Row{record.Of(v.Name), record.Of(v.Status), survey.Figure(v.Free), survey.Figure(v.Limit), ratio,
			record.Of(v.Alarmed), record.Of(figuresAre(v.Stale, v.Running))})
	}
	return s
}
