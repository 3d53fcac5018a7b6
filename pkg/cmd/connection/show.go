package connection

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func show() verb.Show {
	return verb.Show{
		Name:  "show_connection",
		Short: "Show a connection with its channels and consumers",
		Long: `Show a client connection with its client properties, channels and consumers. CONNECTION is the name
in list_connections, as in '10.0.0.7:41544 -> 10.0.0.1:5672', or the name that the client program gave the connection,
if no other connection has that name.`,
		Example: `  rabbitctl show_connection '10.0.0.7:41544 -> 10.0.0.1:5672'
  rabbitctl show_connection billing-worker -o json | jq .channels`,
		Args: []verb.Arg{name()},
		Read: read,
	}
}

func read(ctx context.Context, c *broker.Client, ask verb.Ask) (record.Document, error) {
	raw, err := change.FindConnection(ctx, c, ask.Args[0])
	if err != nil {
		return nil, err
	}
	connection := raw.At("name").Text()
	columns, err := table().Select([]string{"vhost", "name", "user_provided_name", "user", "state", "protocol",
		"peer_host", "peer_port", "host",
		"port", "node", "connected_at", "auth_mechanism", "ssl", "ssl_protocol", "ssl_cipher", "peer_cert_subject", "timeout",
		"frame_max",
		"channel_max", "channels", "container_id", "recv_oct", "recv_oct_details.rate", "send_oct", "send_oct_details.rate",
		"send_pend"})
	if err != nil {
		return nil, err
	}
	d := record.Document{record.Object("", columns, raw), properties(raw.At("client_properties"))}
	channels := []record.Column{{Name: "number"}, {Name: "state"}, {Name: "consumer_count", Kind: record.Count},
		{Name: "prefetch_count", Kind: record.Count}, {Name: "messages_unacknowledged", Kind: record.Count},
		{Name: "messages_unconfirmed", Kind: record.Count}, {Name: "messages_uncommitted", Kind: record.Count},
		{Name: "confirm", Kind: record.Flag}, {Name: "transactional", Kind: record.Flag}, {Name: "idle_since"}}
	if d, err = verb.Attach(d, "channels", channels, c.ConnectionChannels(ctx, connection, channels)); err != nil {
		return nil, err
	}
	return attachConsumers(ctx, c, d, raw.At("vhost").Text(), connection)
}

// properties returns the client properties that describe the program. It leaves out the others, such as the
// capabilities.
func properties(said record.Value) record.Section {
	var fields []record.Field
	for _, name := range []string{"product", "version", "platform", "information", "connection_name", "client_id"} {
		if v := said.At(name); v.Known() {
			fields = append(fields, record.Field{Column: record.Column{Name: name}, Value: v})
		}
	}
	return record.Fields("client_properties", fields...)
}

// attachConsumers adds the connection's consumers. The API lists consumers only for a whole virtual host.
func attachConsumers(ctx context.Context, c *broker.Client, d record.Document, vhost,
	connection string) (record.Document, error) {
	columns := []record.Column{{Name: "queue_name", From: "queue.name"}, {Name: "consumer_tag"},
		{Name: "channel", From: "channel_details.number"},
		{Name: "prefetch_count", Kind: record.Count}, {Name: "ack_required", Kind: record.Flag},
		{Name: "active", Kind: record.Flag}}
	asked := append(columns[:len(columns):len(columns)], record.Column{Name: "connection",
		From: "channel_details.connection_name"})
	all := c.Consumers(ctx, vhost, asked)
	return verb.Attach(d, "consumers", columns, func(yield func(record.Row, error) bool) {
		for row, err := range all {
			if err == nil && row[len(columns)].Text() != connection {
				continue
			}
			if err == nil {
				row = row[:len(columns)]
			}
			if !yield(row, err) {
				return
			}
		}
	})
}

// name is the argument that names a connection.
func name() verb.Arg { return verb.Arg{Name: "CONNECTION", Complete: change.ConnectionNames} }
