package survey

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Suspects looks at all queues and keeps those that a rule could name. A user who sees no virtual host is an error: to
// such a user a full broker looks empty.
func Suspects(ctx context.Context, c *broker.Client) (diagnose.Queues, error) {
	var q diagnose.Queues
	err := each(c.Queues(ctx, "", named("vhost", "name", "consumers", "messages_ready", "messages_unacknowledged",
		"message_stats.publish_details.rate", "message_stats.ack_details.rate")), func(row record.Row) {
		q.Total++
		one := diagnose.Queue{VHost: row[0].Text(), Name: row[1].Text(), Consumers: Reading(row[2]), Ready: Reading(row[3]), Unacked: Reading(row[4]),
			Published: Reading(row[5]), Acked: Reading(row[6])}
		if !one.Ready.Known || !one.Consumers.Known {
			q.Blank++
		}
		if one.Suspect() {
			q.Suspects = append(q.Suspects, one)
		}
	})
	if err != nil || q.Total > 0 {
		return q, err
	}
	if blind, err := c.SeesNothing(ctx); err != nil || blind {
		if err == nil {
			err = fail.New(fail.Denied, "user %s has access to no virtual host, so it sees no queues", c.Username())
		}
		return q, err
	}
	return q, nil
}
