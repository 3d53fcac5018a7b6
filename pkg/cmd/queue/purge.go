package queue

import (
	"context"
	"fmt"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func purge() verb.Change {
	var g guard
	return verb.Change{
		Name:  "purge_queue",
		Short: "Drop the messages that are ready in a queue",
		Long: `Drop the messages that are ready in a queue. Those that a consumer holds unacknowledged stay, and come back when it
goes. It says what will be hit and asks; without a terminal it needs --yes. The counts before and after are printed.
Streams cannot be purged, and exclusive queues only by the connection that declared them.

The count of a quorum queue is up to 5 seconds old, so with --expect-messages the command waits 6 seconds and counts
again.`,
		Example: `  rabbitctl purge_queue orders.dlq
  rabbitctl purge_queue orders.dlq -p prod --expect-messages 1:500 --yes
  rabbitctl purge_queue orders.dlq --dry-run`,
		Args:        []verb.Arg{name()},
		Destructive: true,
		Flags:       g.expectFlag,
		Validate:    func(verb.Ask) error { return g.parse() },
		Plan: func(ctx context.Context, c *broker.Client, ask verb.Ask) (*change.Plan, error) {
			name := ask.Args[0]
			q, err := g.look(ctx, c, ask)
			if broker.IsNotFound(err) && g.ifExists {
				return &change.Plan{Done: &change.Outcome{Word: "absent"}}, nil
			}
			if err == nil && q.kind.Text() == "stream" {
				err = fail.New(fail.Data, "refused: queue %s is a stream, and streams cannot be purged", name).
					Next("a policy with max-age or max-length-bytes drops its oldest segments")
			}
			if err == nil && q.stopped() {
				err = fail.New(fail.Incomplete,
					"queue %s exists, but cannot be reached: its node %s does not run, or its virtual host is stopped there (state %s)", name, q.node.Text(), q.state.Text()).
					Next("rabbitctl list_nodes shows which nodes run")
			}
			if err != nil {
				return nil, err
			}
			apply := func(ctx context.Context) (change.Outcome, error) {
				before, err := g.lookOnce(ctx, c, ask)
				var o change.Outcome
				if err == nil {
					o, err = purged(ctx, c, ask, before)
				}
				if broker.IsNotFound(err) && g.ifExists {
					return change.Outcome{Word: "absent"}, nil
				}
				return o, err
			}
			return &change.Plan{
				Hits:  q.hits(),
				Notes: q.ages(),
				Steps: []change.Step{{Action: fmt.Sprintf("purge queue %s in virtual host %s", name, ask.VHost), Do: apply}},
			}, nil
		},
	}
}

// purged purges and counts again. Counts of quorum queues lag for some seconds.
func purged(ctx context.Context, c *broker.Client, ask verb.Ask, before counted) (change.Outcome, error) {
	vhost, name := ask.VHost, ask.Args[0]
	if err := c.PurgeQueue(ctx, vhost, name); err != nil {
		return change.Outcome{}, gone("purged", name, err)
	}
	var after counted
	if _, err := settle(ctx, ask, 8*time.Second, func() (bool, error) {
		var err error
		after, err = count(ctx, c, vhost, name)
		return after.countsKnown && after.readyCount == 0, err
	}); err != nil {
		return change.Outcome{}, unseen("purge", name, err)
	}
	figure := func(name string, v record.Value) record.Field {
		return record.Field{Column: record.Column{Name: name, Kind: record.Count}, Value: v}
	}
	o := change.Outcome{Word: "purged", Facts: record.Document{record.Fields("",
		figure("ready_before", before.ready), figure("ready_after", after.ready),
		figure("unacknowledged_stay", after.unacked))}}
	if before.lags() {
		o.Notes = append(o.Notes, "the counts of a "+before.kind.Text()+
			" queue are known up to 5s late, so more may have been dropped")
	}
	if after.unackedCount > 0 {
		o.Notes = append(o.Notes, fmt.Sprintf("%d unacknowledged stay with their consumers: a purge does not reach them",
			after.unackedCount))
	}
	if after.readyCount > 0 {
		o.Notes = append(o.Notes, fmt.Sprintf("%d are ready: they arrived or came back since, or the count lags",
			after.readyCount))
	}
	return o, nil
}
