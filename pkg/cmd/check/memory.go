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

func checkMemory() verb.Check {
	var in inUse
	return verb.Check{
		Name:  "check_memory",
		Short: "Check each node's used memory against its watermark",
		Long: `Check the memory that each node uses against vm_memory_high_watermark: before an alarm stops all publishers,
and during the alarm.

The health check for alarms tells whether an alarm is in effect, without delay. A memory alarm is CRITICAL. The
figures are from the node listing, which can be ten seconds old. If the two disagree, the check says so, and the
alarm decides. A node that does not run is UNKNOWN. The check needs the tag monitoring.

If the management API does not answer and there is an Erlang cookie, the check asks the node of --node about its
own memory over Erlang distribution (see rabbitctl help transports). If the cluster has other nodes, the check
is then never OK. While the API answers, --node has no effect.

A limit is a share of the watermark (80%) or a size (3GB, decimal as in rabbitmq.conf); 0 switches it off.`,
		Example: `  rabbitctl check_memory
  rabbitctl check_memory --warning 70% --critical 8GB
  rabbitctl check_memory -o prometheus --output /var/lib/node_exporter/rabbitmq_memory.prom`,
		Flags:    func(fs *pflag.FlagSet) { in.flags(fs, "80%", "95%") },
		Validate: in.validate,
		Itself: func(n survey.Itself, _ error) verb.Report {
			if !n.Running {
				return verb.StoppedNode(n, health.Unknown)
			}
			facts := health.MemoryFacts{Nodes: []health.MemoryNode{n.Memory()}, Alarms: n.OwnAlarms()}
			result, verdicts := health.Memory(facts, in.limits)
			alone(&result, n)
			return verb.Report{Result: result, Evidence: record.Document{memorySection(verdicts)}}
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
			facts := health.MemoryFacts{Alarms: found}
			for _, n := range listed {
				facts.Nodes = append(facts.Nodes, n.Memory())
			}
			result, verdicts := health.Memory(facts, in.limits)
			r := verb.Report{Result: result, Evidence: record.Document{memorySection(verdicts)}}
			if result.Status == health.Critical && len(found) > 0 {
				r.Details = append(r.Details,
					"next: rabbitctl memory_breakdown shows what uses the memory, rabbitctl explain_blocked which clients are stopped")
			}
			return r, nil
		},
	}
}

// inUse has the flags --warning and --critical of a check that compares the used memory or file descriptors with
// limits.
type inUse struct {
	warning, critical thresholdFlag
	limits            health.Portions
}

func (in *inUse) flags(fs *pflag.FlagSet, warning, critical string) {
	in.warning.add(fs, "warning", warning, "`LIMIT` above which it is WARNING")
	in.critical.add(fs, "critical", critical, "`LIMIT` above which it is CRITICAL")
}

func (in *inUse) validate(verb.Ask) (err error) {
	if in.limits.Warning, err = portion("--warning", in.warning.text); err != nil {
		return err
	}
	if in.limits.Critical, err = portion("--critical", in.critical.text); err != nil {
		return err
	}
	return inOrder(in.warning, in.critical, in.limits.Warning.Beyond(in.limits.Critical))
}

func portion(flag, text string) (health.Portion, error) {
	p, err := health.ParsePortion(text)
	if err != nil {
		return p, fail.Usagef("%s: %v", flag, err)
	}
	return p, nil
}

// memorySection returns a table with a row for each node.
func memorySection(verdicts []health.MemoryVerdict) record.Section {
	s := record.Section{Name: "nodes", Columns: []record.Column{
		{Name: "node"}, {Name: "status"}, {Name: "mem_used", Kind: record.Bytes}, {Name: "mem_limit", Kind: record.Bytes},
		{Name: "share", Kind: record.Ratio}, {Name: "alarm", Kind: record.Flag}, {Name: "figures"}}}
	for _, v := range verdicts {
		var share record.Value
		if p, ok := v.Share(); ok {
			share = record.Of(float64(int64(p*1000)) / 1000)
		}
		s.Rows = append(s.Rows, record.Row{record.Of(v.Name), record.Of(v.Status), survey.Figure(v.Used),
			survey.Figure(v.Limit), share,
			alarmFlag(v.Alarmed, v.Running), record.Of(figuresAre(v.Stale, v.Running))})
	}
	return s
}

// figuresAre says how far the figures of a node can be relied on.
func figuresAre(stale, running bool) string {
	switch {
	case stale:
		return "older than the alarm's state"
	case !running:
		return "node not running"
	}
	return "current"
}

// alarmFlag returns whether the node has an alarm. The value is absent if that is unknown: the node does not run, and
// the other nodes know of no alarm on it.
func alarmFlag(alarmed, running bool) record.Value {
	if !running && !alarmed {
		return nil
	}
	return record.Of(alarmed)
}
