package survey

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Plugins lists what is enabled, and what runs, on each node of the cluster.
func Plugins(ctx context.Context, c *broker.Client) ([]health.PluginHost, error) {
	var out []health.PluginHost
	for row, err := range c.Nodes(ctx, named("name", "running", "enabled_plugins", "applications")) {
		if err != nil {
			return nil, err
		}
		h := health.PluginHost{Node: row[0].Text(), Told: row[2].Known() && row[3].Known()}
		h.Running, _ = row[1].Bool()
		row[2].Each(func(v record.Value) { h.Enabled = append(h.Enabled, v.Text()) })
		row[3].Each(func(v record.Value) { h.Applications = append(h.Applications, v.At("name").Text()) })
		out = append(out, h)
	}
	return out, nil
}
