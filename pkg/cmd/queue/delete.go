package queue

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func remove() verb.Change {
	var g guard
	return verb.Change{
		Name:  "delete_queue",
		Short: "Delete a queue with its messages",
		Long: `Delete a queue with all its messages and bindings.

It says what will be hit and asks; without a terminal it needs --yes. "deleted" means that the queue was seen to be
gone. An exclusive queue is refused, since only the connection that declared it can delete it.

--if-empty counts unacknowledged messages too, on every queue type (the broker's own condition does not). For a classic
queue the broker itself looks at --if-unused, and at ready messages for --if-empty, in the moment of the deletion. For
quorum queues and streams it cannot. Their messages and consumers are known some seconds late, so with a condition the
command waits (6 seconds, 12 for a stream) and looks again: what was there when it began is seen. What comes while it
waits may not be.`,
		Example: `  rabbitctl delete_queue tmp.import
  rabbitctl delete_queue tmp.import -p prod --if-empty --if-unused --yes
  rabbitctl delete_queue orders --dry-run
  rabbitctl delete_queue orders --expect-messages 0:200 --yes --journal changes.jsonl`,
		Args:        []verb.Arg{name()},
		Destructive: true,
		Flags: func(fs *pflag.FlagSet) {
			g.expectFlag(fs)
			fs.BoolVar(&g.ifEmpty, "if-empty", false, "refuse when it holds any message, ready or unacknowledged")
			fs.BoolVar(&g.ifUnused, "if-unused", false, "refuse when it has a consumer")
		},
		Validate: func(verb.Ask) error { return g.parse() },
		Plan: func(ctx context.Context, c *broker.Client, ask verb.Ask) (*change.Plan, error) {
			name := ask.Args[0]
			q, err := g.look(ctx, c, ask)
			if broker.IsNotFound(err) && g.ifExists {
				return &change.Plan{Done: &change.Outcome{Word: "absent"}}, nil
			}
			if err != nil {
				return nil, err
			}
			apply := func(ctx context.Context) (change.Outcome, error) {
				// A person may have thought about it for long.
				q, err := g.lookOnce(ctx, c, ask)
				var o change.Outcome
				if err == nil {
					o, err = g.deleted(ctx, c, q, ask)
				}
				if broker.IsNotFound(err) && g.ifExists {
					return change.Outcome{Word: "absent"}, nil
				}
				return o, err
			}
			return &change.Plan{
				Hits:  q.hits(),
				Notes: q.ages(),
				Steps: []change.Step{{Action: fmt.Sprintf("delete queue %s in virtual host %s", name, ask.VHost), Do: apply}},
			}, nil
		},
	}
}

// deleted deletes, and sees it go.
func (g *guard) deleted(ctx context.Context, c *broker.Client, q counted, ask verb.Ask) (change.Outcome, error) {
	vhost, name := ask.VHost, ask.Args[0]
	// The broker holds the conditions itself for classic queues. It refuses them for quorum queues, and passes over them
	// for streams (3.10 and 4.3: a stream with a consumer is deleted in spite of if-unused).
	classic := !q.lags()
	if err := c.DeleteQueue(ctx, vhost, name, broker.DeleteOnly{IfEmpty: classic && g.ifEmpty, IfUnused: classic &&
		g.ifUnused}); err != nil {
		return change.Outcome{}, g.brokerRefused(name, err)
	}
	isGone, err := settle(ctx, ask, 5*time.Second, func() (bool, error) {
		_, err := c.Queue(ctx, vhost, name)
		if broker.IsNotFound(err) {
			return true, nil
		}
		return false, err
	})
	if err != nil {
		return change.Outcome{}, unseen("deletion", name, err)
	}
	if !isGone {
		return change.Outcome{}, fail.New(fail.Incomplete,
			"the broker took the deletion of queue %s, but the queue is there again or still", name).
			Next("does a client declare it anew?")
	}
	return change.Outcome{Word: "deleted"}, nil
}

// brokerRefused reads why the broker did not delete a queue.
func (g *guard) brokerRefused(name string, err error) error {
	switch reason := broker.ReasonOf(err); {
	case g.ifUnused && strings.Contains(reason, "in use"):
		return fail.New(fail.Data, "refused: queue %s is in use: it has a consumer", name).
			Next("rabbitctl list_consumers shows it within 5s")
	case g.ifEmpty && strings.Contains(reason, "not empty"):
		return fail.New(fail.Data, "refused: queue %s is not empty: a message is ready in it", name)
	}
	return gone("deleted", name, err)
}
