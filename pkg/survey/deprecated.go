package survey

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// UsedDeprecatedFeatures lists the deprecated features in use. If the release does not report them, it returns an error
// for which broker.IsNotOffered is true.
func UsedDeprecatedFeatures(ctx context.Context, c *broker.Client) ([]health.DeprecatedFeature, error) {
	return listed(ctx, c, (*broker.Client).UsedDeprecatedFeatures, func(b *record.Binder, f *health.DeprecatedFeature) {
		b.Text("name", &f.Name)
		b.Text("deprecation_phase", &f.Phase)
	})
}
