package survey

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Plugins lists which plugins are enabled, and which run, on each node of the cluster.
func Plugins(ctx context.Context, c *broker.Client) ([]health.PluginHost, error) {
	return listed(ctx, c, (*broker.Client).Nodes, func(b *record.Binder, h *health.PluginHost) {
		b.Text("name", &h.Node)
		b.Flag("running", &h.Running)
		b.Value("enabled_plugins", func(v record.Value) {
			h.Reported, h.Enabled = v.Known(), v.Texts()
		})
		b.Value("applications", func(v record.Value) {
			h.Reported = h.Reported && v.Known()
			v.Each(func(app record.Value) { h.Applications = append(h.Applications, app.At("name").Text()) })
		})
	})
}
