package survey

import (
	"context"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/routing"
)

// examinedQueues are the facts for the rules of diagnose from one listing of all queues, which is the broker's most
// expensive answer.
type examinedQueues struct {
	// figures has those that a rule could name.
	figures    diagnose.Queues
	replicated []health.Replicated
	routed     routedQueues
}

// examineQueues lists all queues. Columns of the statistics make it one request. A user who may see no virtual host
// gets an error: to such a user a full broker looks empty.
func examineQueues(ctx context.Context, c *broker.Client) (examinedQueues, error) {
	all := examinedQueues{routed: routedQueues{}}
	columns := slices.Concat(figureColumns(), replicatedColumns(), routedColumns())
	members := len(figureColumns())
	last := members + len(replicatedColumns())
	once := newRepeated()
	err := each(queues.Read(ctx, c, "", columns), func(row record.Row) {
		routed := all.routed.add(row[last:], once)
		all.look(row[:members], row[members+leaderOf], routed)
		if q, ok := replicated(row[members:last], once); ok {
			all.replicated = append(all.replicated, q)
		}
	})
	if err != nil || all.figures.Total > 0 {
		return all, err
	}
	blind, err := c.SeesNothing(ctx)
	if err == nil && blind {
		err = fail.New(fail.Denied, "user %s has access to no virtual host, so it sees no queues", c.Username())
	}
	return all, err
}

func figureColumns() []record.Column {
	return named("vhost", "name", "consumers", "messages_ready", "messages_unacknowledged",
		"message_stats.publish_details.rate",
		"message_stats.ack_details.rate", "message_stats.redeliver_details.rate", "message_bytes_ready", "state")
}

func (all *examinedQueues) look(row record.Row, node record.Value, routed *routing.Queue) {
	q := &all.figures
	q.Total++
	one := diagnose.Queue{VHost: row[0].Text(), Name: row[1].Text(), Consumers: Reading(row[2]), Ready: Reading(row[3]),
		Unacked:   Reading(row[4]),
		Published: Reading(row[5]), Acked: Reading(row[6]), Redelivered: Reading(row[7])}
	switch {
	case isDown(routed.Type, row[9].Text()):
		q.Down.Add(one.VHost, one.Name, node.Text())
	case !one.Ready.Known || !one.Consumers.Known:
		q.Blank++
	}
	if routed.Refuses() {
		limit := *routed
		limit.Name, limit.Ready, limit.ReadyBytes = one.Name, one.Ready, Reading(row[8])
		one.Limit = &limit
	}
	if one.Suspect() {
		q.Suspects = append(q.Suspects, one)
	}
}
