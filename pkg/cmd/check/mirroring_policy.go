package check

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func checkMirroringPolicy() verb.Check {
	return verb.Check{
		Name:  "check_if_cluster_has_classic_queue_mirroring_policy",
		Short: "Check that no policy asks for mirrored classic queues",
		Long: `Check that no policy and no operator policy asks for mirrored classic queues. 4.0 has none any more and ignores what such
a policy says, so one is WARNING: its queues are on one node only, or will be after an upgrade.`,
		Example: "  rabbitctl check_if_cluster_has_classic_queue_mirroring_policy",
		Scoped:  true,
		Run: func(ctx context.Context, c *broker.Client, ask verb.Ask) (verb.Report, error) {
			columns := []record.Column{{Name: "vhost"}, {Name: "name"}, {Name: "definition"}}
			total := 0
			var mirroring []string
			for kind, rows := range map[string]iter.Seq2[record.Row, error]{
				"policy": c.Policies(ctx, ask.VHost, columns), "operator policy": c.OperatorPolicies(ctx, ask.VHost, columns),
			} {
				for row, err := range rows {
					if err != nil {
						return verb.Report{}, err
					}
					total++
					if row[2].At("ha-mode").Known() {
						mirroring = append(mirroring, fmt.Sprintf("%s %s in virtual host %s", kind, row[1].Text(), row[0].Text()))
					}
				}
			}
			r := health.Result{Summary: fmt.Sprintf("none of %d policies mirrors queues", total)}
			if len(mirroring) > 0 {
				slices.Sort(mirroring)
				r.Status, r.Summary = health.Warning, "mirrored by "+strings.Join(mirroring, ", ")
			}
			return moving(ctx, c, ask.VHost, r)
		},
	}
}
