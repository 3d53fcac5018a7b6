package check

import (
	"context"
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func checkNodes() verb.Check {
	return verb.Check{
		Name:  "check_nodes",
		Short: "Check that all nodes of the cluster run and see each other",
		Long: `Check that all nodes of the cluster run, answer and see each other. A node that does not, or a partition, is
CRITICAL. Different releases, or a node in maintenance, are WARNING. The check uses what the node that answers
reports; cluster_status --ask-every-node compares the reports of all nodes. If a node does not run, the check names
the classic queues that are down. It needs the tag monitoring.`,
		Example: `  rabbitctl check_nodes
  rabbitctl check_nodes -o prometheus --output /var/lib/node_exporter/rabbitmq_nodes.prom`,
		Run: func(ctx context.Context, c *broker.Client, _ verb.Ask) (verb.Report, error) {
			view, _, err := survey.View(ctx, c)
			if err != nil {
				return verb.Report{}, err
			}
			// Alarms have a check of their own.
			view.Alarms = nil
			running := len(view.Members) - len(health.Stopped(view.Members))
			findings := diagnose.Cluster([]diagnose.View{view})
			down, unseen := downQueues(ctx, c, view)
			r := verb.Report{Result: diagnose.Verdict(append(findings, down...), wellNodes(len(view.Members)))}
			r.LookedAt = "the report of " + view.Node
			if unseen != nil {
				r.LookedAt += "; which queues are down could not be seen: " + unseen.Error()
			}
			if !view.Waits {
				r.Figures = []health.Figure{{Label: "nodes", Value: float64(len(view.Members))},
					{Label: "running", Value: float64(running), Critical: fmt.Sprintf("%d:", len(view.Members))}}
			}
			r.Evidence = record.Document{memberSection(view)}
			return r, nil
		},
	}
}

func wellNodes(n int) string {
	if n == 1 {
		return "the only node runs"
	}
	return fmt.Sprintf("%d of %d nodes running, no partition", n, n)
}

func memberSection(v diagnose.View) record.Section {
	s := record.Section{Name: "nodes", Columns: []record.Column{{Name: "node"}, {Name: "running", Kind: record.Flag},
		{Name: "partitions", Kind: record.List}}}
	for _, m := range v.Members {
		facts := map[string]record.Value{"node": record.Of(m.Name)}
		if !v.Unknown(m.Name) {
			facts["running"] = record.Of(m.Running)
		}
		if !v.Waits {
			facts["partitions"] = record.Of(append([]string{}, m.Partitions...))
		}
		s.Rows = append(s.Rows, record.Filled(s.Columns, facts))
	}
	return s
}

// downQueues returns findings on the classic queues that no client can use. It requests the queues only if a node does
// not run. It does not request them if the cluster is split, since the nodes on the other side may run these queues,
// nor while the node that answers waits for a silent one.
func downQueues(ctx context.Context, c *broker.Client, view diagnose.View) ([]diagnose.Finding, error) {
	if view.Waits || len(health.Stopped(view.Members)) == 0 || len(health.Splits(view.Members)) > 0 {
		return nil, nil
	}
	down, err := survey.DownQueues(ctx, c)
	return diagnose.QueuesDown(down), err
}
