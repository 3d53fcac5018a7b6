package broker

import (
	"context"
	"net/url"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// ChurnRates returns the cluster's counters of connections, channels and queues that were opened and closed, with their
// rates. The broker renews them every five seconds. The value is absent for a user without the tag monitoring.
func (c *Client) ChurnRates(ctx context.Context) (record.Value, error) {
	v, err := c.value(ctx, Path("overview"), url.Values{"columns": {"churn_rates,disable_stats"}},
		objectWith("disable_stats"))
	return v.At("churn_rates"), err
}
