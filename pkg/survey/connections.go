package survey

import (
	"context"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// StoppedConnections lists the connections that an alarm blocks, or would block, and the connections in flow control.
// The listing can be five seconds old, and its rows differ in age. running counts the AMQP 0-9-1 connections that are
// listed as running. Under an alarm there are none (measured on 3.10 and 4.3), so if running is above 0, the listing is
// older than the alarm.
func StoppedConnections(ctx context.Context, c *broker.Client) (all []diagnose.Connection, running int, err error) {
	type found struct {
		diagnose.Connection
		protocol string
	}
	listed, err := listed(ctx, c, (*broker.Client).Connections, func(b *record.Binder, f *found) {
		bindConnection(b, &f.Connection)
		b.Text("protocol", &f.protocol)
	})
	for _, f := range listed {
		switch {
		case f.State == "blocked" || f.State == "blocking" || f.State == "flow":
			all = append(all, f.Connection)
		case f.State == "running" && f.protocol == "AMQP 0-9-1":
			running++
		}
	}
	return all, running, err
}

func bindConnection(b *record.Binder, c *diagnose.Connection) {
	b.Text("name", &c.Name)
	b.Text("user", &c.User)
	peer(b, "peer_host", "peer_port", &c.Peer)
	b.Text("state", &c.State)
	b.Value("client_properties", func(v record.Value) { c.App = diagnose.AppName(v.Map()) })
	b.Value("connected_at", func(v record.Value) {
		if ms, ok := v.Int(); ok {
			c.Connected = time.UnixMilli(ms)
		}
	})
	b.Text("vhost", &c.VHost)
}

// peer reads a client's address and port. The result is "" for a client inside the broker, such as a shovel or a
// federation link.
func peer(b *record.Binder, host, port string, into *string) {
	b.Text(host, into)
	b.Value(port, func(v record.Value) {
		if *into == "undefined" {
			*into = ""
		}
		if *into != "" {
			*into += ":" + v.Text()
		}
	})
}
