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

func checkQuorumCritical() verb.Check {
	return verb.Check{
		Name:  "check_if_node_is_quorum_critical",
		Short: "Check that nothing loses its majority when the node is stopped",
		Long: `Check that no quorum queue, stream or component of the broker loses its majority when the node that answers
is stopped. If one would lose it, the check is CRITICAL.

The broker's own check also fails for queues with a single member. This check names them and does not fail,
since waiting gives them no other member. check_node --for upgrade looks at this and at more. The check needs
the tag monitoring.`,
		Example: `  rabbitctl check_if_node_is_quorum_critical
  rabbitctl check_node --for upgrade`,
		Run: func(ctx context.Context, c *broker.Client, _ verb.Ask) (verb.Report, error) {
			overview, err := c.Overview(ctx)
			if err != nil {
				return verb.Report{}, err
			}
			own, offered, err := survey.QuorumCritical(ctx, c)
			if err != nil {
				return verb.Report{}, err
			}
			if !offered {
				return verb.Report{}, fail.New(fail.Unavailable,
					"the health check node-is-quorum-critical is not offered by this broker, %s", c.BaseURL()).
					Next("rabbitctl check_quorum judges the queues")
			}
			members, err := survey.Members(ctx, c)
			if err != nil {
				return verb.Report{}, err
			}
			f, err := allQuorum(ctx, c, members)
			if err != nil {
				return verb.Report{}, err
			}
			r := verb.Report{Result: health.Stoppable(overview.At("node").Text(), own, f.Queues, members)}
			r.LookedAt = "the node's own check node-is-quorum-critical, and members of quorum queues and streams " + f.Where
			_, verdicts := health.Quorum(f)
			r.Evidence = record.Document{quorumSection(verdicts)}
			return r, nil
		},
	}
}
