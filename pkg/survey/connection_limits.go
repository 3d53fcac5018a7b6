package survey

import (
	"context"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// ConnectionFacts are the facts about connections, and which facts are missing because the user may not see them. A
// user who sees only own connections is refused: the overview then counts only those, and does not say so.
func ConnectionFacts(ctx context.Context, c *broker.Client) (facts health.ConnectionFacts, unseen []string, err error) {
	for _, err := range c.Nodes(ctx, []record.Column{{Name: "name"}}) {
		if err != nil {
			return facts, nil, err
		}
	}
	overview, err := c.Overview(ctx)
	if err != nil {
		return facts, nil, err
	}
	facts.Open = Reading(overview.At("object_totals.connections"))
	facts.Opened = Reading(overview.At("churn_rates.connection_created_details.rate"))
	facts.Uncounted, _ = overview.At("disable_stats").Bool()
	of := map[string][]health.ConnectionLimit{}
	for row, err := range c.VHostLimits(ctx, "", limitColumns("vhost")) {
		if err != nil {
			return facts, nil, err
		}
		of["virtual host"] = append(of["virtual host"], limitOf("virtual host", row)...)
	}
	for row, err := range c.UserLimits(ctx, limitColumns("user")) {
		if fail.KindOf(err) == fail.Denied {
			unseen = append(unseen, "the limits of users (they need the tag administrator)")
			break
		}
		if err != nil {
			return facts, nil, err
		}
		of["user"] = append(of["user"], limitOf("user", row)...)
	}
	if len(of) > 0 {
		open := map[string]map[string]int{"virtual host": {}, "user": {}}
		for row, err := range c.Connections(ctx, []record.Column{{Name: "vhost"}, {Name: "user"}}) {
			if err != nil {
				return facts, nil, err
			}
			open["virtual host"][row[0].Text()]++
			open["user"][row[1].Text()]++
		}
		for owner, limits := range of {
			for i := range limits {
				limits[i].Open = open[owner][limits[i].Name]
			}
		}
	}
	facts.Limits = slices.Concat(of["virtual host"], of["user"])
	switch a, err := c.HealthCheck(ctx, "below-node-connection-limit"); {
	case err == nil:
		full := !a.OK
		facts.AtNodeLimit = &full
	case !broker.IsNotOffered(err):
		return facts, nil, err
	}
	return facts, unseen, nil
}

func limitColumns(owner string) []record.Column {
	return []record.Column{{Name: owner}, {Name: "value"}}
}

// limitOf is the limit on connections that a row of limits holds, if it has one.
func limitOf(owner string, row record.Row) []health.ConnectionLimit {
	most, ok := row[1].At("max-connections").Int()
	if !ok {
		return nil
	}
	return []health.ConnectionLimit{{Of: owner, Name: row[0].Text(), Most: int(most)}}
}
