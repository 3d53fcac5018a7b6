// Package survey asks a broker for the facts that the packages health and diagnose judge. A fact that could not be read
// is an error or an unknown reading, never 0.
package survey

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
)

// Alarms asks for the alarms in effect on any node. They are up to date, unlike the node listing.
func Alarms(ctx context.Context, c *broker.Client) ([]health.Alarm, error) {
	found, err := c.Alarms(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]health.Alarm, len(found))
	for i, a := range found {
		out[i] = health.Alarm(a)
	}
	return out, nil
}
