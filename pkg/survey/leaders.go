package survey

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// EachLedQueue calls f with each queue and its leader and members: the queues of one virtual host, or of all that the
// user sees.
func EachLedQueue(ctx context.Context, c *broker.Client, vhost string, f func(diagnose.LedQueue)) error {
	reader := record.NewReader(BindLedQueue())
	return each(reader.All(queues.Read(ctx, c, vhost, reader.Columns())), f)
}

// BindLedQueue returns a function that reads a queue's leader, members and mirrors. Queues with the same members share
// one slice.
func BindLedQueue() func(*record.Binder, *diagnose.LedQueue) {
	once := newRepeated()
	return func(b *record.Binder, q *diagnose.LedQueue) {
		b.Value("type", func(v record.Value) { q.Type = once.text(v) })
		b.Column(record.Column{Name: "leader", Else: "node"}, func(v record.Value) { q.Leader = once.text(v) })
		b.Column(record.Column{Name: "members", Else: "node", Kind: record.List}, func(v record.Value) {
			q.Members = once.texts(v)
		})
		b.Value("slave_nodes", func(v record.Value) { q.Mirrors = once.texts(v) })
	}
}

// LeadingNodes returns the names of all nodes of the cluster, which of them run, and which can lead queues: those that
// run and are not in maintenance. A rebalance of 3.10 to 4.3 leaves out nodes in maintenance.
func LeadingNodes(ctx context.Context, c *broker.Client) (names []string, running, lead map[string]bool, err error) {
	listed, err := listed(ctx, c, (*broker.Client).Nodes, func(b *record.Binder, m *health.Member) {
		b.Text("name", &m.Name)
		b.Flag("running", &m.Running)
		b.Flag("being_drained", &m.Drained)
	})
	running, lead = map[string]bool{}, map[string]bool{}
	for _, m := range listed {
		names = append(names, m.Name)
		running[m.Name], lead[m.Name] = m.Running, m.Running && !m.Drained
	}
	return names, running, lead, err
}

// StreamsMove reports whether a rebalance counts and moves the leaders of streams. By RabbitMQ's source it does since
// 3.12.0; before, it leaves streams out.
func StreamsMove(ctx context.Context, c *broker.Client) (bool, error) {
	overview, err := c.Brief(ctx)
	return topology.Release{Major: 3, Minor: 12}.Reached(overview.At("rabbitmq_version").Text()), err
}
