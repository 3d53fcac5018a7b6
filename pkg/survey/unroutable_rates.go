package survey

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
)

// UnroutableRates returns the facts about messages of the whole cluster that reach no queue. A user without the tag
// monitoring gets an error. Virtual hosts are read only if there are such messages.
func UnroutableRates(ctx context.Context, c *broker.Client) (health.UnroutableFacts, error) {
	overview, notRunning, err := clusterOverview(ctx, c)
	if err != nil {
		return health.UnroutableFacts{}, err
	}
	seen, err := glance(overview)
	if err != nil {
		return health.UnroutableFacts{}, err
	}
	facts := health.UnroutableFacts{StatsOff: seen.StatsOff, RatesMode: seen.RatesMode,
		Counted: overview.At("message_stats").Known(), Dropped: seen.Dropped, Returned: seen.Returned, NotRunning: notRunning}
	if facts.Rate() <= 0 {
		return facts, nil
	}
	// The verdict does not depend on the virtual hosts, so it does not wait long for them.
	brief, cancel := context.WithTimeout(ctx, vhostPatience)
	defer cancel()
	facts.VHosts, err = unroutableByVHost(brief, c)
	if ctx.Err() != nil {
		return facts, err
	}
	facts.VHostsUnread = err
	return facts, nil
}
