package check

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func checkVirtualHosts() verb.Check {
	return verb.Check{
		Name:    "check_virtual_hosts",
		Short:   "Check that all virtual hosts run on the node that answers",
		Long:    "Check that the processes of all virtual hosts run on the node that answers. Clients of one that does not run cannot connect there.",
		Example: "  rabbitctl check_virtual_hosts",
		Run: func(ctx context.Context, c *broker.Client, _ verb.Ask) (verb.Report, error) {
			return asked(ctx, c, "all virtual hosts run on the node that answers", reason("virtual-hosts", record.Value.Text), "virtual-hosts")
		},
	}
}
