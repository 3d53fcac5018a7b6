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

// Flows lists queues with the counters of what passed through them, which are up to 10 s old. Where the cluster is whole
// the counts of messages are those of this moment, else they are from the statistics too.
func Flows(ctx context.Context, c *broker.Client, vhost string, whole bool) ([]diagnose.QueueFlow, error) {
	fresh := map[[2]string]health.Queue{}
	if whole {
		counted, err := Queues(ctx, c, vhost, false)
		if err != nil {
			return nil, err
		}
		for _, q := range counted {
			fresh[[2]string{q.VHost, q.Name}] = q
		}
	}
	columns := named("vhost", "name", "type", "state", "messages_ready", "messages_unacknowledged", "messages", "consumers", "idle_since",
		"message_stats.publish", "message_stats.redeliver", "message_stats.ack", "message_stats.deliver_no_ack", "message_stats.get_no_ack")
	var out []diagnose.QueueFlow
	for row, err := range queues.Read(ctx, c, vhost, columns) {
		if err != nil {
			return nil, err
		}
		q := diagnose.QueueFlow{
			VHost: row[0].Text(), Name: row[1].Text(), Type: row[2].Text(), State: row[3].Text(), Ready: Reading(row[4]), Unacked: Reading(row[5]),
			Messages: Reading(row[6]), Consumers: Reading(row[7]), Idle: moment(row[8]), Published: Reading(row[9]), Redelivered: Reading(row[10]),
		}
		if n, ok := fresh[[2]string{q.VHost, q.Name}]; ok && n.Messages.Known {
			q.Ready, q.Unacked, q.Messages = n.Ready, n.Unacked, n.Messages
		}
		q.Acked = finished(row[11:14]...)
		out = append(out, q)
	}
	return out, nil
}

// finished adds up counters of messages that consumers are done with; it is not known where none is.
func finished(counters ...record.Value) health.Reading {
	var all health.Reading
	for _, counter := range counters {
		if n, known := counter.Number(); known {
			all = health.Reading{Value: all.Value + n, Known: true}
		}
	}
	return all
}

// moment is a time as the API writes it; zero for none. Releases before 3.9 wrote it without a zone.
func moment(v record.Value) time.Time {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05"} {
		if t, err := time.Parse(layout, v.Text()); err == nil {
			return t
		}
	}
	return time.Time{}
}
