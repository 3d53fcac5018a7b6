package survey

import (
	"context"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// StoppedConnections lists the connections that an alarm stops, or would, and those in flow control. The listing can be
// five seconds old.
func StoppedConnections(ctx context.Context, c *broker.Client) ([]diagnose.Connection, error) {
	var all []diagnose.Connection
	err := each(c.Connections(ctx, named("name", "user", "peer_host", "peer_port", "state", "client_properties", "connected_at", "vhost")), func(row record.Row) {
		switch row[4].Text() {
		case "blocked", "blocking", "flow":
			all = append(all, connection(row))
		}
	})
	return all, err
}

func connection(row record.Row) diagnose.Connection {
	c := diagnose.Connection{
		Name: row[0].Text(), User: row[1].Text(), Peer: row[2].Text() + ":" + row[3].Text(), State: row[4].Text(),
		App: diagnose.AppName(row[5].Map()), VHost: row[7].Text(),
	}
	if ms, ok := row[6].Int(); ok {
		c.Connected = time.UnixMilli(ms)
	}
	return c
}
