package queue

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// connectionsOneByOne is the largest number of connections that are read one by one. For more connections, the listing
// of all connections is read.
const connectionsOneByOne = 20

// consumerSection shows each consumer with the program, the user and the address behind it.
func consumerSection(ctx context.Context, c *broker.Client, details record.Value) (record.Section, error) {
	s := record.Section{Name: "consumers", Columns: []record.Column{
		{Name: "consumer_tag"}, {Name: "application"}, {Name: "user", From: "channel_details.user"},
		{Name: "peer_host", From: "channel_details.peer_host", Unset: "undefined"},
		{Name: "peer_port", From: "channel_details.peer_port", Unset: "undefined"},
		{Name: "channel", From: "channel_details.name"}, {Name: "prefetch_count", Kind: record.Count}, {Name: "ack_required",
			Kind: record.Flag},
		{Name: "active", Kind: record.Flag}, {Name: "activity_status"}, {Name: "arguments", Kind: record.Map},
	}}
	program := record.IndexOf(s.Columns, "application")
	picker := record.NewPicker(s.Columns)
	var connections []string
	details.Each(func(consumer record.Value) {
		if row, err := picker.Pick(consumer); err == nil {
			s.Rows = append(s.Rows, row)
			connections = append(connections, consumer.At("channel_details.connection_name").Text())
		}
	})
	names, err := applications(ctx, c, connections)
	for i, connection := range connections {
		s.Rows[i][program] = names[connection]
	}
	return s, err
}

// applications returns the names that programs give their connections, by the names of the connections. The value is
// absent if the program gives none, if the connection has been closed, or if the user may not see it.
func applications(ctx context.Context, c *broker.Client, connections []string) (map[string]record.Value, error) {
	names := map[string]record.Value{}
	for _, connection := range connections {
		if connection != "" {
			names[connection] = nil
		}
	}
	type client struct {
		connection string
		program    record.Value
	}
	reader := record.NewReader(func(b *record.Binder, one *client) {
		b.Text("name", &one.connection)
		b.Column(record.Column{Name: "user_provided_name", Else: "client_properties.connection_name"},
			func(v record.Value) { one.program = v })
	})
	if len(names) > connectionsOneByOne {
		for one, err := range reader.All(c.Connections(ctx, reader.Columns())) {
			if err != nil {
				return names, err
			}
			if _, wanted := names[one.connection]; wanted {
				names[one.connection] = one.program
			}
		}
		return names, nil
	}
	for _, connection := range connections {
		if connection == "" || names[connection] != nil {
			continue
		}
		raw, err := c.Connection(ctx, connection)
		if kind := fail.KindOf(err); kind == fail.NotFound || kind == fail.Denied {
			continue
		}
		if err != nil {
			return names, err
		}
		if row, err := record.NewPicker(reader.Columns()).Pick(raw); err == nil {
			names[connection] = reader.Read(row).program
		}
	}
	return names, nil
}
