package survey

import (
	"context"
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// Members lists the nodes of the cluster as the answering node sees them. A stopped node is shown at once, a partition
// some seconds after it began.
func Members(ctx context.Context, c *broker.Client) ([]health.Member, error) {
	return listed(ctx, c, (*broker.Client).Nodes, bindMember)
}

func bindMember(b *record.Binder, m *health.Member) {
	b.Text("name", &m.Name)
	b.Flag("running", &m.Running)
	b.Text("type", &m.Type)
	b.Flag("being_drained", &m.Drained)
	b.Texts("partitions", &m.Partitions)
	b.Value("applications", func(all record.Value) {
		all.Each(func(app record.Value) {
			if app.At("name").Text() == "rabbit" {
				m.Version = app.At("version").Text()
			}
		})
	})
}

// Unlisted returns a message for a user who may not list the nodes: it is not known whether all nodes of the cluster
// run. A node that does not run, or is cut off, may have an alarm that the other nodes do not know about.
func Unlisted(ctx context.Context, c *broker.Client) string {
	why := c.Hidden(ctx, "the nodes of the cluster")
	return fmt.Sprintf("it is not known whether all nodes of the cluster run, since %s (%s)", why, steps.Words(why.Hint))
}
