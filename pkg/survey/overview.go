package survey

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// clusterOverview returns the overview with the counts of the whole cluster. The broker silently leaves out the counts
// of nodes that do not run (4.3); notRunning names these nodes. A user without the tag monitoring gets an error,
// because for such a user the overview silently counts only what this user may see. The error comes from the listing of
// nodes, which the broker refuses to such a user.
func clusterOverview(ctx context.Context, c *broker.Client) (overview record.Value, notRunning []string, err error) {
	type node struct {
		name    string
		running bool
	}
	nodes, err := listed(ctx, c, (*broker.Client).Nodes, func(b *record.Binder, n *node) {
		b.Text("name", &n.name)
		b.Flag("running", &n.running)
	})
	if err != nil {
		return nil, nil, err
	}
	for _, n := range nodes {
		if !n.running {
			notRunning = append(notRunning, n.name)
		}
	}
	overview, err = c.Overview(ctx)
	return overview, notRunning, err
}

// glance reads the overview. Its rates cover the last interval of the statistics.
func glance(overview record.Value) (diagnose.Overview, error) {
	reader := record.NewReader(func(b *record.Binder, o *diagnose.Overview) {
		b.Text("cluster_name", &o.Name)
		b.Text("node", &o.Node)
		b.Text("rabbitmq_version", &o.Version)
		b.Text("erlang_version", &o.Erlang)
		b.Text("rates_mode", &o.RatesMode)
		b.Flag("disable_stats", &o.StatsOff)
		reading(b, "object_totals.connections", &o.Connections)
		reading(b, "churn_rates.connection_created_details.rate", &o.ConnectionsOpened)
		reading(b, "churn_rates.connection_closed_details.rate", &o.ConnectionsClosed)
		reading(b, "churn_rates.channel_created_details.rate", &o.ChannelsOpened)
		reading(b, "message_stats.drop_unroutable_details.rate", &o.Dropped)
		reading(b, "message_stats.return_unroutable_details.rate", &o.Returned)
	})
	row, err := record.NewPicker(reader.Columns()).Pick(overview)
	if err != nil {
		return diagnose.Overview{}, err
	}
	return reader.Read(row), nil
}
