package survey

import (
	"context"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// StoppedConnections lists the connections that an alarm stops, or would, and those in flow control. The listing can be
// five seconds old, and each connection is told at a moment of its own: running counts those of AMQP 0-9-1 that are listed
// as running, which none is under an alarm (measured on 3.10 and 4.3).
func StoppedConnections(ctx context.Context, c *broker.Client) (all []diagnose.Connection, running int, err error) {
	columns := named("name", "user", "peer_host", "peer_port", "state", "client_properties", "connected_at", "vhost", "protocol")
	err = each(c.ConnectionsNow(ctx, columns), func(row record.Row) {
		switch row[4].Text() {
		case "blocked", "blocking", "flow":
			all = append(all, connection(row))
		case "running":
			if row[8].Text() == "AMQP 0-9-1" {
				running++
			}
		}
	})
	return all, running, err
}

func connection(row record.Row) diagnose.Connection {
	c := diagnose.Connection{
		Name: row[0].Text(), User: row[1].Text(), Peer: peerOf(row[2], row[3]), State: row[4].Text(),
		App: diagnose.AppName(row[5].Map()), VHost: row[7].Text(),
	}
	if ms, ok := row[6].Int(); ok {
		c.Connected = time.UnixMilli(ms)
	}
	return c
}
