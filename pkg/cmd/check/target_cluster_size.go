package check

import (
	"context"
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func checkTargetClusterSize() verb.Check {
	return verb.Check{
		Name:  "has_reached_target_cluster_size",
		Short: "Check that the cluster has as many nodes as its configuration wants",
		Long: `Check that the cluster has enough nodes: as many as the setting cluster_formation.target_cluster_size_hint of the node
that answers says. Fewer are CRITICAL. Members that do not run are counted, too: check_nodes finds them. Without this
setting any number is enough. Releases before 4.2.4 do not offer this check, so there the result is UNKNOWN.`,
		Example: "  rabbitctl has_reached_target_cluster_size",
		Run: func(ctx context.Context, c *broker.Client, _ verb.Ask) (verb.Report, error) {
			// Request the overview first: this fails if the password is wrong. The broker answers the health check even then
			// (measured on 4.3).
			overview, err := c.Brief(ctx)
			if err != nil {
				return verb.Report{}, err
			}
			wants := "the configuration of " + overview.At("node").Text() + " wants"
			return asked(ctx, c, "the cluster has as many nodes as "+wants, func(a broker.Answer) string {
				online, target := a.Body.At("online"), a.Body.At("target")
				if !online.Known() || !target.Known() {
					return a.Reason
				}
				return fmt.Sprintf("the cluster has fewer than the %s nodes that %s; %s of its nodes run", target.Text(), wants, online.Text())
			}, "reached-target-cluster-size")
		},
	}
}
