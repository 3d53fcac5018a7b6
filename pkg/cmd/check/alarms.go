package check

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func checkAlarms() verb.Check {
	return verb.Check{
		Name:  "check_alarms",
		Short: "Check that no resource alarm is in effect on any node",
		Long: `Check that no resource alarm (disk, memory) is in effect on any node of the cluster. An alarm on one node stops the
publishers of all. The answer is the brokers' present state, not the node listing, which can be ten seconds old. A node
that does not answer may have an alarm that the others do not know of: that is UNKNOWN.`,
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
			r := verb.Report{Result: health.Alarms(found, nodes, missing)}
			if nodes == 0 && err == nil {
				r.LookedAt = "alarms that the answering node knows of; " + survey.Unlisted(ctx, c)
			}
			if len(found) > 0 {
				s := record.Section{Name: "alarms", Columns: []record.Column{{Name: "node"}, {Name: "resource"}}}
				for _, a := range found {
					s.Rows = append(s.Rows, record.Row{record.Of(a.Node), record.Of(a.Resource)})
				}
				r.Evidence = record.Document{s}
				r.Details = append(r.Details, "next: rabbitctl explain_blocked")
			}
			return r, nil
		},
	}
}
