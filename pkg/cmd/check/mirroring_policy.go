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
		Long: `Check that no policy and no operator policy has the key ha-mode, which asks for mirrored classic queues. A
policy with this key is WARNING: RabbitMQ 4.0 and later have no mirrored queues, so on these releases each of its classic
queues is on one node only, and on older ones it will be after an upgrade. If there is no such policy, or no policy at
all, the check is OK.`,
		Example: "  rabbitctl check_if_cluster_has_classic_queue_mirroring_policy",
		Scoped:  true,
		Run: func(ctx context.Context, c *broker.Client, ask verb.Ask) (verb.Report, error) {
			type policy struct {
				vhost, name string
				mode        record.Value
			}
			reader := record.NewReader(func(b *record.Binder, p *policy) {
				b.Text("vhost", &p.vhost)
				b.Text("name", &p.name)
				b.Value("definition", func(v record.Value) { p.mode = v.At("ha-mode") })
			})
			columns := reader.Columns()
			total := 0
			var mirroring []string
			for kind, rows := range map[string]iter.Seq2[record.Row, error]{
				"policy": c.Policies(ctx, ask.VHost, columns), "operator policy": c.OperatorPolicies(ctx, ask.VHost, columns),
			} {
				for p, err := range reader.All(rows) {
					if err != nil {
						return verb.Report{}, err
					}
					total++
					if p.mode.Known() {
						mirroring = append(mirroring, fmt.Sprintf("%s %s in virtual host %s", kind, p.name, p.vhost))
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
