package survey

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Holders asks for queues, channels, consumers and connections, for diagnose.Unacked: of one virtual host, or of all
// that the user may see when vhost is "". If all nodes run, the counts of queues are those of this moment.
func Holders(ctx context.Context, c *broker.Client, vhost string, whole bool) (f diagnose.UnackedFacts, err error) {
	f.Queues, err = listed(ctx, c, queuesIn(vhost), func(b *record.Binder, q *diagnose.HeldQueue) {
		b.Text("vhost", &q.VHost)
		b.Text("name", &q.Name)
		reading(b, "messages_ready", &q.Ready)
		reading(b, "messages_unacknowledged", &q.Unacked)
		reading(b, "consumers", &q.Consumers)
		b.Value("idle_since", func(v record.Value) { q.Idle = moment(v) })
		b.Text("type", &q.Type)
	})
	if err != nil {
		return f, err
	}
	if f.Consumers, err = Consumers(ctx, c, vhost); err != nil {
		return f, err
	}
	f.Channels, err = listed(ctx, c, (*broker.Client).Channels, func(b *record.Binder, ch *diagnose.HoldingChannel) {
		b.Text("name", &ch.Name)
		b.Text("connection_details.name", &ch.Connection)
		b.Text("number", &ch.Number)
		b.Text("vhost", &ch.VHost)
		b.Text("user", &ch.User)
		b.Text("node", &ch.Node)
		reading(b, "prefetch_count", &ch.Prefetch)
		reading(b, "messages_unacknowledged", &ch.Unacked)
		b.Value("idle_since", func(v record.Value) { ch.Idle = moment(v) })
	})
	if err != nil {
		return f, err
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

// freshUnacked asks the queues for their counts. It comes last, so that messages delivered in the meantime count as too
// young for the statistics.
func freshUnacked(ctx context.Context, c *broker.Client, vhost string, all []diagnose.HeldQueue) error {
	now := newFigures()
	if err := EachQueue(ctx, c, vhost, nil, func(q health.Queue) {
		now.put(q.VHost, q.Name, q.Ready, q.Unacked)
	}); err != nil {
		return err
	}
	for i, q := range all {
		if n, _ := now.of(q.VHost, q.Name); n[1].Known {
			all[i].Fresh, all[i].OldUnacked, all[i].Ready, all[i].Unacked = true, q.Unacked, n[0], n[1]
		}
	}
	return nil
}

// ConsumerCounts are how many consumers queues have, by virtual host and name, as the list of consumers has them. A
// user without the tag monitoring sees only its own.
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

// Prefetch is how many messages the consumers of each queue may hold together, by virtual host and name. One that need
// not acknowledge holds none, and one without a limit may hold any number.
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
	return listed(ctx, c, within(vhost, (*broker.Client).Consumers), func(b *record.Binder, x *diagnose.QueueConsumer) {
		b.Text("queue.vhost", &x.VHost)
		b.Text("queue.name", &x.Queue)
		b.Text("consumer_tag", &x.Tag)
		b.Text("channel_details.name", &x.Channel)
		b.Text("channel_details.connection_name", &x.Connection)
		b.Text("channel_details.user", &x.User)
		peer(b, "channel_details.peer_host", "channel_details.peer_port", &x.Peer)
		b.Text("channel_details.number", &x.Number)
		b.Text("channel_details.node", &x.Node)
		reading(b, "prefetch_count", &x.Prefetch)
		b.Value("ack_required", func(v record.Value) {
			acks, known := v.Bool()
			x.Acks = acks || !known
		})
	})
}

// Connections lists client connections with the programs behind them; a user without the tag monitoring sees only its
// own.
func Connections(ctx context.Context, c *broker.Client) ([]diagnose.Connection, error) {
	return listed(ctx, c, (*broker.Client).Connections, bindConnection)
}
