package queue

import (
	"context"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func removeMany() verb.Change {
	b := newBulk("delete", "deleted", func(chosen) string { return "" })
	b.Look = allGone
	b.Do = func(ctx context.Context, c *broker.Client, q chosen) (change.Outcome, error) {
		// The broker holds the conditions itself for classic queues: see delete_queue.
		classic := q.kind == "classic"
		err := c.DeleteQueue(ctx, q.vhost, q.name, broker.DeleteOnly{IfEmpty: classic && b.ifEmpty,
			IfUnused: classic && b.ifUnused})
		if broker.Status(err) == 400 && (b.ifEmpty || b.ifUnused) {
			return change.Outcome{Word: "kept", Notes: []string{broker.ReasonOf(err)}}, nil
		}
		return change.Outcome{}, err
	}
	return b.Command("delete_queues", verb.About{
		Short: "Delete all queues that are chosen, with their messages",
		Long: `Delete all queues that --match, --where and --idle choose, of all virtual hosts or of that of -p. It lists each with
what it holds, says which are kept and why, and asks; without a terminal it needs --yes.

Exclusive queues and those that do not run are kept. --if-empty counts unacknowledged messages too, and holds like --if-unused for
every queue type: where figures can be older than this moment, the command waits (6 seconds, 12 with streams) and looks again.

Eight queues are deleted at once. The first error ends it, unless --keep-going is given. With --journal each queue has a line
before and a line after it, so that an interrupted run shows what it did; the same command finishes it.`,
		Example: `  rabbitctl delete_queues --match '^tmp\.' --idle 30d --if-empty --if-unused
  rabbitctl delete_queues --match '^tmp\.' -p prod --dry-run
  rabbitctl delete_queues --where 'consumers == 0 && messages == 0' --exclude '^keep\.' --yes --journal cleanup.jsonl`,
	}, true, b.conditions)
}

// allGone looks whether the deleted queues are gone. It asks for the names once, and again for some seconds while one is
// still there.
func allGone(ctx context.Context, at change.Site, done []chosen) error {
	var still []string
	_, err := at.Until(ctx, 5*time.Second, 100*time.Millisecond, time.Second, func() (bool, error) {
		still = nil
		there := map[string]bool{}
		reader := record.NewReader(func(b *record.Binder, q *chosen) {
			b.Text("vhost", &q.vhost)
			b.Text("name", &q.name)
		})
		for q, err := range reader.All(queues.Read(ctx, at.Broker, at.VHost, reader.Columns())) {
			if err != nil {
				return false, err
			}
			there[q.vhost+"\x00"+q.name] = true
		}
		for _, q := range done {
			if there[q.vhost+"\x00"+q.name] {
				still = append(still, verb.Label(q, at.VHost))
			}
		}
		return len(still) == 0, nil
	})
	switch {
	case err != nil:
		return fail.New(fail.Incomplete, "the deletions were taken, but it is not known whether the queues are gone: %w", err)
	case len(still) > 0:
		return fail.New(fail.Incomplete, "%s there again or still, the first is %s",
			prose.Plural(len(still), "deleted queue is", "deleted queues are"), still[0]).
			Next("does a client declare them anew?")
	}
	return nil
}
