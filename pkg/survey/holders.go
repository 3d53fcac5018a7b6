package survey

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Holders asks for queues, channels, consumers and connections, for diagnose.Unacked: of one virtual host, or of all
// that the user sees when vhost is "". Where the cluster is whole the counts of queues are those of this moment.
func Holders(ctx context.Context, c *broker.Client, vhost string, whole bool) (f diagnose.UnackedFacts, err error) {
	columns := named("vhost", "name", "messages_ready", "messages_unacknowledged", "consumers", "idle_since", "type")
	err = each(queues.Read(ctx, c, vhost, columns), func(row record.Row) {
		f.Queues = append(f.Queues, diagnose.HeldQueue{VHost: row[0].Text(), Name: row[1].Text(), Ready: Reading(row[2]), Unacked: Reading(row[3]),
			Consumers: Reading(row[4]), Idle: moment(row[5]), Type: row[6].Text()})
	})
	if err != nil {
		return f, err
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
	if whole {
		err = freshUnacked(ctx, c, vhost, f.Queues)
	}
	return f, err
}

// freshUnacked asks the queues for their counts, last of all: what came meanwhile is said to be too young.
func freshUnacked(ctx context.Context, c *broker.Client, vhost string, all []diagnose.HeldQueue) error {
	now := newFigures()
	if err := EachQueue(ctx, c, vhost, nil, func(q health.Queue) {
		now.put(q.VHost, q.Name, q.Ready, q.Unacked)
	}); err != nil {
		return err
	}
	for i, q := range all {
		if n, _ := now.of(q.VHost, q.Name); n[1].Known {
			all[i].Fresh, all[i].Told, all[i].Ready, all[i].Unacked = true, q.Unacked, n[0], n[1]
		}
	}
	return nil
}

// peerOf is a client's address and port; "" for a client inside the broker, as shovels and federation links are.
func peerOf(host, port record.Value) string {
	if host.Text() == "" || host.Text() == "undefined" {
		return ""
	}
	return host.Text() + ":" + port.Text()
}

// ConsumerCounts are how many consumers queues have, by virtual host and name, as the list of consumers has them. A user without
// the tag monitoring sees only its own.
func ConsumerCounts(ctx context.Context, c *broker.Client, vhost string) (*record.ByName[uint32], error) {
	counts := record.NewByName[uint32]()
	type queue struct{ vhost, name string }
	reader := record.NewReader(func(b *record.Binder, x *queue) {
		b.Text("queue.vhost", &x.vhost)
		b.Text("queue.name", &x.name)
	})
	err := each(c.Consumers(ctx, vhost, reader.Columns()), func(row record.Row) {
		q := reader.Read(row)
		n, _ := counts.Of([]byte(q.vhost), []byte(q.name))
		counts.Put([]byte(q.vhost), []byte(q.name), n+1)
	})
	return counts, err
}

// Prefetch is how many messages the consumers of each queue may hold together, by virtual host and name. One that need not
// acknowledge holds none, and one without a limit may hold any number.
func Prefetch(ctx context.Context, c *broker.Client, vhost string) (*record.ByName[diagnose.Prefetch], error) {
	type consumer struct {
		vhost, queue string
		limit        health.Reading
		acks         record.Value
	}
	reader := record.NewReader(func(b *record.Binder, x *consumer) {
		b.Text("queue.vhost", &x.vhost)
		b.Text("queue.name", &x.queue)
		reading(b, "prefetch_count", &x.limit)
		b.Value("ack_required", func(v record.Value) { x.acks = v })
	})
	all := record.NewByName[diagnose.Prefetch]()
	err := each(c.Consumers(ctx, vhost, reader.Columns()), func(row record.Row) {
		x := reader.Read(row)
		p, _ := all.Of([]byte(x.vhost), []byte(x.queue))
		acks, known := x.acks.Bool()
		p.Add(acks || !known, x.limit)
		all.Put([]byte(x.vhost), []byte(x.queue), p)
	})
	return all, err
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
			User: row[5].Text(), Peer: peerOf(row[6], row[7]), Number: row[8].Text(), Node: row[9].Text(), Prefetch: Reading(row[10]), Acks: acks || !known})
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
