package survey

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// ConsumerCounts counts the consumers of queues in the list of consumers, by virtual host and name of the queue. A user
// without the tag monitoring sees only their own consumers.
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

// Prefetch returns how many messages the consumers of each queue may hold together, by virtual host and name of the
// queue. If one of them need not acknowledge, or has no limit, they may hold any number.
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

// Consumers lists the consumers of a virtual host's queues or, if vhost is "", of all queues. A user without the tag
// monitoring sees only their own consumers.
func Consumers(ctx context.Context, c *broker.Client, vhost string) ([]diagnose.QueueConsumer, error) {
	return listed(ctx, c, within(vhost, (*broker.Client).Consumers), bindConsumer)
}

func bindConsumer(b *record.Binder, x *diagnose.QueueConsumer) {
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
}

// Connections lists client connections with the programs behind them. A user without the tag monitoring sees only their
// own connections.
func Connections(ctx context.Context, c *broker.Client) ([]diagnose.Connection, error) {
	return listed(ctx, c, (*broker.Client).Connections, bindConnection)
}
