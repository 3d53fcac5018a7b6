package survey

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// FeatureFlags lists the feature flags of the cluster.
func FeatureFlags(ctx context.Context, c *broker.Client) ([]health.FeatureFlag, error) {
	var out []health.FeatureFlag
	for row, err := range c.FeatureFlags(ctx, []record.Column{{Name: "name"}, {Name: "state"}, {Name: "stability"}}) {
		if err != nil {
			return nil, err
		}
		out = append(out, health.FeatureFlag{Name: row[0].Text(), State: row[1].Text(), Stability: row[2].Text()})
	}
	return out, nil
}
