package survey

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// ChurnCounts reads the churn counters since the cluster's nodes started. They are not known to a user without the tag
// monitoring.
func ChurnCounts(ctx context.Context, c *broker.Client) (diagnose.ChurnCounts, error) {
	v, err := c.ChurnRates(ctx)
	if err != nil {
		return diagnose.ChurnCounts{}, err
	}
	return diagnose.ChurnCounts{
		ConnectionsOpened: Reading(v.At("connection_created")), ConnectionsClosed: Reading(v.At("connection_closed")),
		ChannelsOpened: Reading(v.At("channel_created")), ChannelsClosed: Reading(v.At("channel_closed")),
		QueuesDeclared: Reading(v.At("queue_created")), QueuesDeleted: Reading(v.At("queue_deleted")),
	}, nil
}

// ConnectionsOf lists the open connections of a user. The broker's answer does not have the names that programs gave to
// their connections.
func ConnectionsOf(ctx context.Context, c *broker.Client, user string) ([]diagnose.Connection, error) {
	return listed(ctx, c, within(user, (*broker.Client).UserConnections),
		func(b *record.Binder, open *diagnose.Connection) {
			b.Value("name", func(v record.Value) {
				open.Name = v.Text()
				open.Peer, _, _ = strings.Cut(open.Name, " -> ")
			})
			b.Text("user", &open.User)
			b.Text("vhost", &open.VHost)
		})
}

// UsersOf returns the users that may have connections. These are all users or, if the client's user may not list them,
// the users of the given connections. The result all is true if all users are returned.
func UsersOf(ctx context.Context, c *broker.Client,
	connections []diagnose.Connection) (users []string, all bool, err error) {
	seen := map[string]bool{}
	for _, one := range connections {
		if one.User != "" {
			seen[one.User] = true
		}
	}
	names, err := record.Texts(c.Users(ctx, record.Named("name")))
	for _, name := range names {
		seen[name] = true
	}
	denied := fail.KindOf(err) == fail.Denied
	if denied {
		err = nil
	}
	return slices.Sorted(maps.Keys(seen)), !denied, err
}
