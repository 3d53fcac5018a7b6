package check

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func checkAlarms() verb.Check {
	return verb.Check{
		Name:  "check_alarms",
		Short: "Check that no resource alarm is in effect on any node",
		Long: `Check that no resource alarm (disk, memory) is in effect on any node of the cluster. An alarm is CRITICAL:
an alarm on one node stops the publishers of all. The check shows the present state, unlike the node listing,
which can be ten seconds old. A node that does not answer may have an alarm that the others do not know of: the
check is then UNKNOWN, unless an alarm is known. A user without the tag monitoring does not see whether all
nodes answer, and gets UNKNOWN while no alarm is known; check_local_alarms judges the answering node alone. If
the management API does not answer and there is an Erlang cookie, the check asks the node of --node over Erlang
distribution for all alarms that it knows of (see rabbitctl help transports). While the API answers, --node has
no effect.`,
		Example: `  rabbitctl check_alarms
  rabbitctl check_alarms -o json
  rabbitctl check_alarms -o prometheus --output /var/lib/node_exporter/rabbitmq_alarms.prom`,
		Run: func(ctx context.Context, c *broker.Client, _ verb.Ask) (verb.Report, error) {
			found, err := survey.Alarms(ctx, c)
			if err != nil {
				return verb.Report{}, err
			}
			nodes, missing, err := c.Members(ctx)
			if err != nil && len(found) == 0 {
				return verb.Report{}, err
			}
			if nodes == 0 && len(found) == 0 {
				unlisted := c.Hidden(ctx, "the nodes of the cluster")
				return verb.Report{}, fail.New(unlisted.Kind, "no alarm is known, but it is not known whether all nodes run: %w",
					unlisted).Advise(unlisted.Hint)
			}
			r := verb.Report{Result: health.Alarms(found, nodes, missing)}
			return withAlarms(r, found, "rabbitctl explain_blocked"), nil
		},
		Itself: func(n survey.Itself, _ error) verb.Report {
			if !n.Running {
				return verb.StoppedNode(n, health.Unknown)
			}
			// The management API is not available here, and explain_blocked needs it. So name other commands.
			return withAlarms(verb.Report{Result: health.Alarms(n.Alarms, len(n.Members), n.Silent)}, n.Alarms, limits)
		},
	}
}

// limits names the commands that end an alarm without the management API.
const limits = "rabbitctl check_disk; rabbitctl set_disk_free_limit or set_vm_memory_high_watermark sets a limit"

// withAlarms adds the alarms and the next step to the report.
func withAlarms(r verb.Report, found []health.Alarm, next string) verb.Report {
	s := record.Section{Name: "alarms", Optional: true, Columns: []record.Column{{Name: "node"}, {Name: "resource"}}}
	for _, a := range found {
		s.Rows = append(s.Rows, record.Row{record.Of(a.Node), record.Of(a.Resource)})
	}
	r.Evidence = record.Document{s}
	if len(found) > 0 {
		r.Details = append(r.Details, "next: "+next)
	}
	return r
}
