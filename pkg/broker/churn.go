package broker

import (
	"context"
	"net/url"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// ChurnRates are the cluster's counters of connections, channels and queues that came and went, with their rates. They
// are renewed every five seconds; absent for a user without the tag monitoring.
func (c *Client) ChurnRates(ctx context.Context) (record.Value, error) {
	v, err := c.value(ctx, Path("overview"), url.Values{"columns": {"churn_rates,disable_stats"}},
		objectWith("disable_stats"))
	return v.At("churn_rates"), err
}
