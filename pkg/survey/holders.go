package survey

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Holders asks for queues, channels, consumers and connections, for diagnose.Unacked: of one virtual host, or of all
// that the user sees when vhost is "".
func Holders(ctx context.Context, c *broker.Client, vhost string) (f diagnose.UnackedFacts, err error) {
	// A column of the statistics makes it one listing of the same age as that of the channels.
	for row, err := range c.Queues(ctx, vhost, named("vhost", "name", "messages_ready", "messages_unacknowledged", "consumers", "idle_since")) {
		if err != nil {
			return f, err
		}
		f.Queues = append(f.Queues, diagnose.HeldQueue{VHost: row[0].Text(), Name: row[1].Text(), Ready: Reading(row[2]), Unacked: Reading(row[3]),
			Consumers: Reading(row[4]), Idle: moment(row[5])})
	}
	if f.Consumers, err = Consumers(ctx, c, vhost); err != nil {
		return f, err
	}
	for row, err := range c.Channels(ctx, named("name", "connection_details.name", "number", "vhost", "user", "node", "prefetch_count",
		"messages_unacknowledged", "idle_since")) {
		if err != nil {
			return f, err
		}
		f.Channels = append(f.Channels, diagnose.HoldingChannel{Name: row[0].Text(), Connection: row[1].Text(), Number: row[2].Text(), VHost: row[3].Text(),
			User: row[4].Text(), Node: row[5].Text(), Prefetch: Reading(row[6]), Unacked: Reading(row[7]), Idle: moment(row[8])})
	}
	f.Connections = map[string]diagnose.Connection{}
	all, err := Connections(ctx, c)
	if err != nil {
		return f, err
	}
	for _, one := range all {
		f.Connections[one.Name] = one
	}
	return f, nil
}

// Consumers lists the consumers of queues.
func Consumers(ctx context.Context, c *broker.Client, vhost string) ([]diagnose.QueueConsumer, error) {
	var out []diagnose.QueueConsumer
	for row, err := range c.Consumers(ctx, vhost, named("queue.vhost", "queue.name", "consumer_tag", "channel_details.name",
		"channel_details.connection_name", "channel_details.user", "channel_details.peer_host", "channel_details.peer_port", "channel_details.number",
		"channel_details.node", "prefetch_count", "ack_required")) {
		if err != nil {
			return nil, err
		}
		acks, known := row[11].Bool()
		out = append(out, diagnose.QueueConsumer{VHost: row[0].Text(), Queue: row[1].Text(), Tag: row[2].Text(), Channel: row[3].Text(), Connection: row[4].Text(),
			User: row[5].Text(), Peer: row[6].Text() + ":" + row[7].Text(), Number: row[8].Text(), Node: row[9].Text(), Prefetch: Reading(row[10]), Acks: acks || !known})
	}
	return out, nil
}

// Connections lists client connections with the programs behind them; a user without the tag monitoring sees only its own.
func Connections(ctx context.Context, c *broker.Client) ([]diagnose.Connection, error) {
	var all []diagnose.Connection
	err := each(c.Connections(ctx, named("name", "user", "peer_host", "peer_port", "state", "client_properties", "connected_at", "vhost")), func(row record.Row) {
		all = append(all, connection(row))
	})
	return all, err
}
