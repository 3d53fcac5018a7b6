package node

import (
	"context"
	"iter"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func listAlarms() verb.List {
	return verb.List{
		Name:  "alarms",
		Short: "List the resource alarms in effect on any node",
		Long: `List the resource alarms (disk, memory) in effect on any node of the cluster. It asks the broker's health
check for alarms, not the node listing, which can be ten seconds old. The exit code is 0 even if there are
alarms; check_alarms gives a verdict, and explain_blocked says which publishers the alarms stop. If a node does
not run or does not answer, the alarms of the others are printed, its own are unknown, and the exit code is 75.
A user without the tag monitoring sees the alarms, but not whether all nodes run and answer: a note says so, and
the exit code is 0.`,
		Example: `  rabbitctl alarms
  rabbitctl alarms --watch 5s`,
		Group: "resource",
		Table: record.Table{
			Noun:    "alarms",
			Default: []string{"node", "resource"},
			Columns: []record.Column{
				{Name: "node", Kind: record.Text, Help: "the node that raised the alarm"},
				{Name: "resource", Kind: record.Text, Help: "disk or memory"},
			},
		},
		Rows: func(
			ctx context.Context, c *broker.Client, ask verb.Ask, columns []record.Column,
		) iter.Seq2[record.Row, error] {
			return func(yield func(record.Row, error) bool) {
				found, err := c.Alarms(ctx)
				if err != nil {
					yield(nil, err)
					return
				}
				for _, a := range found {
					row := make(record.Row, len(columns))
					for i, column := range columns {
						if row[i] = record.Of(a.Node); column.Name == "resource" {
							row[i] = record.Of(a.Resource)
						}
					}
					if !yield(row, nil) {
						return
					}
				}
				if err := allTell(ctx, c, ask); err != nil {
					yield(nil, err)
				}
			}
		},
	}
}

// allTell returns an error if a node does not answer: the other nodes do not know the alarms of that node, and the
// health check for alarms passes all the same. For a user who may not list the nodes, it prints a note instead.
func allTell(ctx context.Context, c *broker.Client, ask verb.Ask) error {
	nodes, missing, err := c.Members(ctx)
	switch {
	case err != nil:
		return err
	case nodes == 0:
		ask.Note("alarms of a node that does not run or is cut off may be missing here: %s", survey.Unlisted(ctx, c))
	case len(missing) > 0:
		return fail.New(fail.Incomplete, "%s, so alarms there are unknown", health.DoNotAnswer(missing)).
			Next("rabbitctl cluster_status")
	}
	return nil
}
