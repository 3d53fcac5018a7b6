package survey

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// UsedDeprecatedFeatures lists the deprecated features that something on the broker uses. For a release that does not tell,
// broker.IsNotOffered holds.
func UsedDeprecatedFeatures(ctx context.Context, c *broker.Client) ([]health.DeprecatedFeature, error) {
	var used []health.DeprecatedFeature
	err := each(c.UsedDeprecatedFeatures(ctx, named("name", "deprecation_phase")), func(r record.Row) {
		used = append(used, health.DeprecatedFeature{Name: r[0].Text(), Phase: r[1].Text()})
	})
	return used, err
}
