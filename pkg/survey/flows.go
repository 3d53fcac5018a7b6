package survey

import (
	"context"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// EachFlow calls f with each queue and the counters of the messages that passed through it, which are up to 10 s old.
// whole means that all nodes run and see each other. Then the counts of messages are from this moment, except for
// queues that report none, such as streams; otherwise they come from the statistics too.
func EachFlow(ctx context.Context, c *broker.Client, vhost string, whole bool, f func(diagnose.QueueFlow)) error {
	fresh := newFigures()
	if whole {
		if err := EachQueue(ctx, c, vhost, nil, func(q health.Queue) {
			if q.Messages.Known {
				fresh.put(q.VHost, q.Name, q.Ready, q.Unacked, q.Messages)
			}
		}); err != nil {
			return err
		}
	}
	reader := record.NewReader(flow(newRepeated()))
	return each(queues.Read(ctx, c, vhost, reader.Columns()), func(row record.Row) {
		q := reader.Read(row)
		if n, there := fresh.of(q.VHost, q.Name); there {
			q.Ready, q.Unacked, q.Messages = n[0], n[1], n[2]
		}
		f(q)
	})
}

// Looked holds the readings of a first look at queues.
type Looked struct{ at figures }

// FirstLook reads the counts and counters of queues, for a comparison with a later look.
func FirstLook(ctx context.Context, c *broker.Client, vhost string, whole bool) (Looked, error) {
	l := Looked{newFigures()}
	err := EachFlow(ctx, c, vhost, whole, func(q diagnose.QueueFlow) {
		l.at.put(q.VHost, q.Name, q.Messages, q.Published, q.Acked, q.Redelivered)
	})
	return l, err
}

// Len returns the number of queues that were read.
func (l Looked) Len() int { return l.at.len() }

// Of returns the earlier readings of a queue.
func (l Looked) Of(q diagnose.QueueFlow) diagnose.Earlier {
	r, seen := l.at.of(q.VHost, q.Name)
	return diagnose.Earlier{Seen: seen, Messages: r[0], Published: r[1], Acked: r[2], Redelivered: r[3]}
}

// flow reads the facts about a queue that the statistics have.
func flow(once repeated) func(*record.Binder, *diagnose.QueueFlow) {
	return func(b *record.Binder, q *diagnose.QueueFlow) {
		b.Value("vhost", func(v record.Value) { q.VHost = once.text(v) })
		b.Text("name", &q.Name)
		b.Value("type", func(v record.Value) { q.Type = once.text(v) })
		b.Value("state", func(v record.Value) { q.State = once.text(v) })
		b.Value("members", func(v record.Value) { q.Members = length(v) })
		b.Value("online", func(v record.Value) { q.Online = length(v) })
		reading(b, "messages_ready", &q.Ready)
		reading(b, "messages_unacknowledged", &q.Unacked)
		reading(b, "messages", &q.Messages)
		reading(b, "consumers", &q.Consumers)
		b.Value("idle_since", func(v record.Value) { q.Idle = moment(v) })
		reading(b, "message_stats.publish", &q.Published)
		reading(b, "message_stats.redeliver", &q.Redelivered)
		for _, counter := range []string{"ack", "deliver_no_ack", "get_no_ack"} {
			b.Value("message_stats."+counter, func(v record.Value) { finish(&q.Acked, v) })
		}
	}
}

// finished adds up counters of messages that consumers are done with. The sum is unknown if all of the counters are
// unknown.
func finished(counters ...record.Value) health.Reading {
	var all health.Reading
	for _, counter := range counters {
		finish(&all, counter)
	}
	return all
}

func finish(all *health.Reading, counter record.Value) {
	if n, known := counter.Number(); known {
		*all = health.Reading{Value: all.Value + n, Known: true}
	}
}

// moment reads a time as the API writes it. It returns the zero time if there is none. Releases before 3.9 wrote times
// without a zone.
func moment(v record.Value) time.Time {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05"} {
		if t, err := time.Parse(layout, v.Text()); err == nil {
			return t
		}
	}
	return time.Time{}
}
