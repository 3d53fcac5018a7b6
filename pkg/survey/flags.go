package survey

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// FeatureFlags lists the feature flags of the cluster.
func FeatureFlags(ctx context.Context, c *broker.Client) ([]health.FeatureFlag, error) {
	return listed(ctx, c, (*broker.Client).FeatureFlags, func(b *record.Binder, f *health.FeatureFlag) {
		b.Text("name", &f.Name)
		b.Text("state", &f.State)
		b.Text("stability", &f.Stability)
	})
}
