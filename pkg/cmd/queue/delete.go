package queue

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
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
gone. --if-empty counts unacknowledged messages too, on every queue type (the broker's own condition does not); a
message that arrives between the last look and the deletion is lost all the same.`,
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
		Plan: func(ctx context.Context, c *broker.Client, ask verb.Ask) (*verb.Plan, error) {
			name := ask.Args[0]
			look := func(ctx context.Context) (counted, error) {
				q, err := count(ctx, c, ask.VHost, name)
				if err == nil {
					err = g.refuse(q, name)
				}
				return q, err
			}
			q, err := look(ctx)
			if broker.IsNotFound(err) && g.ifExists {
				return &verb.Plan{Done: &verb.Outcome{Word: "absent"}}, nil
			}
			if err != nil {
				return nil, err
			}
			return &verb.Plan{
				Action: fmt.Sprintf("delete queue %s in virtual host %s", name, ask.VHost),
				Hits:   q.hits(),
				Apply: func(ctx context.Context) (verb.Outcome, error) {
					// A person may have thought about it for long, and --if-empty wants two looks.
					_, err := look(ctx)
					var o verb.Outcome
					if err == nil {
						o, err = deleted(ctx, c, ask.VHost, name)
					}
					if broker.IsNotFound(err) && g.ifExists {
						return verb.Outcome{Word: "absent"}, nil
					}
					return o, err
				},
			}, nil
		},
	}
}

// deleted deletes, and sees it go.
func deleted(ctx context.Context, c *broker.Client, vhost, name string) (verb.Outcome, error) {
	if err := c.DeleteQueue(ctx, vhost, name); err != nil {
		return verb.Outcome{}, gone("deleted", name, err)
	}
	isGone, err := settle(ctx, 5*time.Second, func() (bool, error) {
		_, err := c.Queue(ctx, vhost, name)
		if broker.IsNotFound(err) {
			return true, nil
		}
		return false, err
	})
	if err != nil {
		return verb.Outcome{}, unseen("deletion", name, err)
	}
	if !isGone {
		return verb.Outcome{}, fail.New(fail.Incomplete, "the broker took the deletion of queue %s, but the queue is there again or still", name).
			Next("does a client declare it anew?")
	}
	return verb.Outcome{Word: "deleted"}, nil
}
