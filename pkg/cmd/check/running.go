package check

import (
	"context"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func checkRunning() verb.Check {
	return verb.Check{
		Name:  "check_running",
		Short: "Check that RabbitMQ runs on a node (default: the one that answers)",
		Long: `Check that RabbitMQ runs on the node NODE of the cluster, or without NODE on the node that answers. If
RabbitMQ does not run on it, the check is CRITICAL. A node in maintenance counts as running. The management API
can be off while the broker runs; the check then asks NODE, or without NODE the node of --node, over Erlang
distribution, if there is an Erlang cookie (see rabbitctl help transports). If neither the API nor that node
answers, the check is UNKNOWN. Without NODE the check is also UNKNOWN if --node is given and the management API of
another node answers. The user needs the tag monitoring.`,
		Example: "  rabbitctl check_running\n  rabbitctl check_running rabbit@b",
		Args:    []verb.Arg{{Name: "NODE", Optional: true}},
		Itself: func(n survey.Itself, _ error) verb.Report {
			if !n.Running {
				return verb.StoppedNode(n, health.Critical)
			}
			return verb.Report{Result: health.Result{Summary: "RabbitMQ runs on " + n.Name}}
		},
		Run: func(ctx context.Context, c *broker.Client, ask verb.Ask) (verb.Report, error) {
			overview, err := c.Overview(ctx)
			if err != nil {
				return verb.Report{}, err
			}
			node := overview.At("node").Text()
			if len(ask.Args) > 0 {
				node = ask.Args[0]
			} else if err := ask.Answers(ctx, c); err != nil {
				return verb.Report{}, err
			}
			nodes, err := survey.Nodes(ctx, c)
			if err != nil {
				return verb.Report{}, err
			}
			var names []string
			for _, n := range nodes {
				switch {
				case n.Name == node && n.Running:
					return verb.Report{Result: health.Result{Summary: "RabbitMQ runs on " + node}}, nil
				case n.Name == node:
					return verb.Report{Result: health.Result{Status: health.Critical, Summary: "RabbitMQ does not run on " + node,
						LookedAt: "the node listing of " + overview.At("node").Text()}}, nil
				}
				names = append(names, n.Name)
			}
			return verb.Report{}, fail.New(fail.NotFound, "node %s is not a member of the cluster at %s%s", node, c.BaseURL(),
				fail.DidYouMean(node, names)).
				Next("its nodes: %s", strings.Join(names, " "))
		},
	}
}
