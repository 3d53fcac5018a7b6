package check

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func checkLocalAlarms() verb.Check {
	return verb.Check{
		Name:  "check_local_alarms",
		Short: "Check that no resource alarm is in effect on the node that answers",
		Long: `Check that no resource alarm (disk, memory) is in effect on the node that answers. Such an alarm is
CRITICAL. An alarm on any node stops the publishers of all nodes. check_alarms looks at all nodes, so use
check_alarms for alerting. If the management API does not answer and there is an Erlang cookie, the check asks
the node of --node over Erlang distribution (see rabbitctl help transports). If the API of
another node than that of --node answers, the check is UNKNOWN.`,
		Example: "  rabbitctl check_local_alarms --host rabbit-1.example.com",
		Itself: func(n survey.Itself, _ error) verb.Report {
			if !n.Running {
				return verb.StoppedNode(n, health.Unknown)
			}
			own := n.OwnAlarms()
			r := withAlarms(verb.Report{Result: health.Result{Summary: "no alarm in effect on " + n.Name}}, own, limits)
			for i, a := range own {
				if r.Status = health.Critical; i == 0 {
					r.Summary = ""
				} else {
					r.Summary += "; "
				}
				r.Summary += a.Resource + " alarm on " + a.Node
			}
			return r
		},
		Run: func(ctx context.Context, c *broker.Client, ask verb.Ask) (verb.Report, error) {
			if err := ask.Answers(ctx, c); err != nil {
				return verb.Report{}, err
			}
			r, err := asked(ctx, c, "no alarm in effect on the node that answers", reason("alarms", func(v record.Value) string {
				return broker.Resource(v.At("resource").Text()) + " alarm on " + v.At("node").Text()
			}), "local-alarms")
			if r.Status != health.OK {
				r.Details = append(r.Details, "next: rabbitctl explain_blocked")
			}
			return r, err
		},
	}
}
