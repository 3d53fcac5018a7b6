package survey

import (
	"context"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// EachQueue calls f with each queue of a virtual host or, if vhost is "", of all that this user sees, as they arrive.
// Their counts of messages are from this moment (some seconds old for quorum queues, absent for streams). Their other
// figures come from the parameter known, which may be nil.
//
// While a node does not run, or the cluster is split, call EachQueueInStatistics instead: only the statistics are
// reliable then, and sure to arrive. The queues themselves report 0, or do not answer at all (measured on 3.10).
func EachQueue(ctx context.Context, c *broker.Client, vhost string, known *QueueStatistics,
	f func(health.Queue)) error {
	reader := record.NewReader(countedQueue(newRepeated()))
	return each(queues.Totals(ctx, c, vhost, reader.Columns()), func(row record.Row) {
		q := withTemporary(reader.Read(row))
		known.fill(&q)
		f(q)
	})
}

// EachQueueInStatistics calls f with each queue. Unlike EachQueue, it reads everything from the statistics, including
// the consumers, the acknowledgements and the oldest message. Every figure is up to 10 s old, and the figures of a
// queue younger than that are not known.
func EachQueueInStatistics(ctx context.Context, c *broker.Client, vhost string, f func(health.Queue)) error {
	counted := countedQueue(newRepeated())
	reader := record.NewReader(func(b *record.Binder, q *health.Queue) {
		counted(b, q)
		reading(b, "consumers", &q.Consumers)
		for _, rate := range []string{"ack", "deliver_no_ack", "get_no_ack"} {
			b.Value("message_stats."+rate+"_details.rate", func(v record.Value) { finish(&q.Acked, v) })
		}
		reading(b, "head_message_timestamp", &q.Head)
	})
	return each(queues.Read(ctx, c, vhost, reader.Columns()), func(row record.Row) { f(withTemporary(reader.Read(row))) })
}

// QueueStatistics holds the figures of queues that only the statistics have: consumers, the rate of acknowledgements,
// and the timestamp of the oldest message.
type QueueStatistics struct{ figures }

// Statistics reads the figures of queues that only the statistics have.
func Statistics(ctx context.Context, c *broker.Client, vhost string) (*QueueStatistics, error) {
	s := &QueueStatistics{newFigures()}
	err := EachQueueInStatistics(ctx, c, vhost, func(q health.Queue) {
		s.put(q.VHost, q.Name, q.Consumers, q.Acked, q.Head)
	})
	return s, err
}

// fill adds the known figures to a queue.
func (s *QueueStatistics) fill(q *health.Queue) {
	if s == nil {
		return
	}
	if r, known := s.of(q.VHost, q.Name); known {
		q.Consumers, q.Acked, q.Head = r[0], r[1], r[2]
	}
}

// countedQueue reads the facts about a queue that every listing of queues has. A value that many queues share is stored
// once.
func countedQueue(once repeated) func(*record.Binder, *health.Queue) {
	return func(b *record.Binder, q *health.Queue) {
		b.Value("vhost", func(v record.Value) { q.VHost = once.text(v) })
		b.Text("name", &q.Name)
		b.Value("type", func(v record.Value) { q.Type = once.text(v) })
		b.Value("state", func(v record.Value) { q.State = once.text(v) })
		b.Flag("exclusive", &q.Temporary)
		reading(b, "messages_ready", &q.Ready)
		reading(b, "messages_unacknowledged", &q.Unacked)
		reading(b, "messages", &q.Messages)
	}
}

func withTemporary(q health.Queue) health.Queue {
	q.Temporary = q.Temporary || strings.HasPrefix(q.Name, "amq.")
	return q
}

// Whole returns the reasons why the figures of a cluster's queues cannot be trusted. It returns none if all nodes run
// and see each other.
func Whole(nodes []health.Node) []string {
	var blind []string
	if len(nodes) == 0 {
		return []string{"the broker listed no nodes"}
	}
	for _, n := range nodes {
		if !n.Running {
			blind = append(blind, "node "+n.Name+" is not running: the counts of queues on it may be missing")
		}
	}
	for _, n := range nodes {
		if len(n.Partitions) > 0 {
			blind = append(blind, "the cluster is split ("+n.Name+" has lost "+strings.Join(n.Partitions, ", ")+
				"): counts cannot be trusted")
			break
		}
	}
	return blind
}

// VHosts counts the virtual hosts, and those among them that this user may look into. The broker lists all virtual
// hosts to a user with the tag monitoring. But each virtual host has exchanges, and the broker lists these only to
// users who may look into the virtual host, so VHosts looks for exchanges. The virtual hosts in the last argument count
// as seen anyway, because the caller has already seen something there.
func VHosts(ctx context.Context, c *broker.Client, with map[string]bool) (all, seen int, err error) {
	known := map[string]bool{}
	names, err := record.Texts(c.VHosts(ctx, record.Named("name")))
	if err != nil {
		return 0, 0, err
	}
	for _, name := range names {
		all++
		if with[name] {
			seen++
		} else {
			known[name] = true
		}
	}
	if len(known) == 0 {
		return all, seen, nil
	}
	type exchange struct{ vhost string }
	reader := record.NewReader(func(b *record.Binder, x *exchange) { b.Text("vhost", &x.vhost) })
	for x, err := range reader.All(c.Exchanges(ctx, "", reader.Columns())) {
		if err != nil {
			return 0, 0, err
		}
		if known[x.vhost] {
			delete(known, x.vhost)
			seen++
		}
	}
	return all, seen, nil
}
