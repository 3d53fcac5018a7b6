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

func checkVirtualHosts() verb.Check {
	return verb.Check{
		Name:  "check_virtual_hosts",
		Short: "Check that all virtual hosts run on every node",
		Long: `Check that the processes of all virtual hosts run. For the node that answers, it asks for the broker's own
check; for the other nodes, it reads the listing of virtual hosts. A virtual host that does not run on a node is
CRITICAL: its clients cannot connect there. If another node does not answer, or the listing cannot be read, the
result is UNKNOWN, unless a virtual host was found that does not run.

A node that does not run is not in the listing: check_nodes finds it. In the listing, a user without the tag
monitoring sees only the virtual hosts that it has access to.`,
		Example: "  rabbitctl check_virtual_hosts",
		Run: func(ctx context.Context, c *broker.Client, _ verb.Ask) (verb.Report, error) {
			here, err := asked(ctx, c, "all virtual hosts run on the node that answers", reason("virtual-hosts",
				record.Value.Text), "virtual-hosts")
			if err != nil {
				return here, err
			}
			listed, err := survey.VHostStates(ctx, c)
			switch {
			case err != nil && fail.KindOf(err) != fail.Canceled && here.Status == health.Critical:
				return here, nil
			case err != nil:
				return verb.Report{}, err
			}
			if len(listed) == 0 && here.Status != health.Critical {
				if _, err := survey.See(ctx, c, ""); err != nil {
					return verb.Report{}, err
				}
			}
			return virtualHosts(here, listed), nil
		},
	}
}

// virtualHosts joins two reports of the node that answers. The parameter here is about this node itself, and up to
// date. The parameter listed is about all nodes.
func virtualHosts(here verb.Report, listed []health.VHost) verb.Report {
	everywhere := health.VHosts(listed)
	next := []string{}
	for _, v := range listed {
		for _, node := range v.Down() {
			next = append(next, "next: "+fail.CommandWith([]string{"-p", v.Name, "--node", node}, "restart_vhost"))
		}
	}
	if here.Status == health.Critical && everywhere.Status != health.Critical {
		// The report of the node on itself has a fault that the listing does not show.
		return here
	}
	r := verb.Report{Result: everywhere}
	r.LookedAt = here.LookedAt + ", and what it lists of every node"
	r.Details = append(r.Details, next[:min(len(next), 3)]...)
	return r
}
