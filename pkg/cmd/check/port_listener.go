package check

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func checkPortListener() verb.Check {
	return verb.Check{
		Name:  "check_port_listener",
		Short: "Check that the node that answers listens on a port",
		Long: `Check that the node that answers listens on a port, as the node itself reports. If it does not, the check is
CRITICAL. check_port_connectivity connects to its ports from here.`,
		Example: "  rabbitctl check_port_listener 5672",
		Args:    []verb.Arg{{Name: "PORT", Free: true}},
		Validate: func(ask verb.Ask) error {
			if n, err := strconv.Atoi(ask.Args[0]); err != nil || n < 1 || n > 65535 {
				return fail.Usagef("%q is not a port", ask.Args[0])
			}
			return nil
		},
		Run: func(ctx context.Context, c *broker.Client, ask verb.Ask) (verb.Report, error) {
			port := ask.Args[0]
			return asked(ctx, c, "the node that answers listens on port "+port, func(a broker.Answer) string {
				var ports []string
				a.Body.At("ports").Each(func(v record.Value) { ports = append(ports, v.Text()) })
				slices.SortFunc(ports, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
				return fmt.Sprintf("the node that answers does not listen on port %s, but on %s", port, orNothing(ports))
			}, "port-listener", port)
		},
	}
}
