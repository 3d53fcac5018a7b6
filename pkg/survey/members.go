package survey

import (
	"context"
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Members lists the nodes of the cluster as the node that answers sees them. That a node does not run is known at once;
// partitions are shown some seconds after they began.
func Members(ctx context.Context, c *broker.Client) ([]health.Member, error) {
	var out []health.Member
	err := each(c.Nodes(ctx, memberColumns()), func(row record.Row) { out = append(out, member(row)) })
	if err != nil {
		return nil, err
	}
	return out, nil
}

func memberColumns() []record.Column {
	return named("name", "running", "type", "being_drained", "partitions", "applications")
}

func member(row record.Row) health.Member {
	m := health.Member{Name: row[0].Text(), Type: row[2].Text()}
	m.Running, _ = row[1].Bool()
	m.Drained, _ = row[3].Bool()
	row[4].Each(func(v record.Value) { m.Partitions = append(m.Partitions, v.Text()) })
	row[5].Each(func(app record.Value) {
		if app.At("name").Text() == "rabbit" {
			m.Version = app.At("version").Text()
		}
	})
	return m
}

// Unlisted says that this user may not see whether all nodes of the cluster answer, so that it is not known whether one
// has an alarm that the others do not know of.
func Unlisted(ctx context.Context, c *broker.Client) string {
	why := c.Hidden(ctx, "the nodes of the cluster")
	return fmt.Sprintf("whether all nodes answer could not be seen: %s (%s)", why, why.Hint)
}
