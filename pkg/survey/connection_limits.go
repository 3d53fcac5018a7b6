package survey

import (
	"context"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// ConnectionFacts returns the facts about connections. unseen names the facts that are missing because the user may not
// see them. A user who sees only own connections gets an error.
func ConnectionFacts(ctx context.Context, c *broker.Client) (facts health.ConnectionFacts, unseen []string, err error) {
	overview, notRunning, err := clusterOverview(ctx, c)
	if err != nil {
		return facts, nil, err
	}
	facts.NotRunning = notRunning
	facts.Open = Reading(overview.At("object_totals.connections"))
	facts.Opened = Reading(overview.At("churn_rates.connection_created_details.rate"))
	facts.Uncounted, _ = overview.At("disable_stats").Bool()
	ofVHosts, err := limits(ctx, c, "virtual host", within("", (*broker.Client).VHostLimits), "vhost")
	if err != nil {
		return facts, nil, err
	}
	ofUsers, err := limits(ctx, c, "user", (*broker.Client).UserLimits, "user")
	if fail.KindOf(err) == fail.Denied {
		unseen, err = append(unseen, "the limits of users (reading them needs the tag administrator)"), nil
	}
	if err != nil {
		return facts, nil, err
	}
	facts.Limits = slices.Concat(ofVHosts, ofUsers)
	if err := countOpen(ctx, c, facts.Limits); err != nil {
		return facts, nil, err
	}
	switch a, err := c.HealthCheck(ctx, "below-node-connection-limit"); {
	case err == nil:
		full := !a.OK
		facts.AtNodeLimit = &full
	case !broker.IsNotOffered(err):
		return facts, nil, err
	}
	return facts, unseen, nil
}

// limits reads the limits on connections from a listing. owner says what the limits are for: a virtual host or a user.
// member is the member of a row that has the owner's name.
func limits(ctx context.Context, c *broker.Client, owner string, rows listing,
	member string) ([]health.ConnectionLimit, error) {
	type limit struct {
		name string
		most record.Value
	}
	all, err := listed(ctx, c, rows, func(b *record.Binder, l *limit) {
		b.Text(member, &l.name)
		b.Value("value", func(v record.Value) { l.most = v.At("max-connections") })
	})
	var out []health.ConnectionLimit
	for _, l := range all {
		if most, limited := l.most.Int(); limited {
			out = append(out, health.ConnectionLimit{Of: owner, Name: l.name, Most: int(most)})
		}
	}
	return out, err
}

// countOpen fills in how many connections are open in the scope of each limit.
func countOpen(ctx context.Context, c *broker.Client, limits []health.ConnectionLimit) error {
	if len(limits) == 0 {
		return nil
	}
	type connection struct{ vhost, user string }
	reader := record.NewReader(func(b *record.Binder, one *connection) {
		b.Text("vhost", &one.vhost)
		b.Text("user", &one.user)
	})
	open := map[string]map[string]int{"virtual host": {}, "user": {}}
	err := each(reader.All(c.Connections(ctx, reader.Columns())), func(one connection) {
		open["virtual host"][one.vhost]++
		open["user"][one.user]++
	})
	for i, l := range limits {
		limits[i].Open = open[l.Of][l.Name]
	}
	return err
}
