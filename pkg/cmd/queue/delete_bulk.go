package queue

import (
	"context"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func removeMany() verb.Change {
	b := newBulk("delete", "deleted", func(chosen) string { return "" })
	b.Look = verb.AllGoneFrom[chosen]("queue", queues.Read)
	b.Lag = func(q chosen) time.Duration {
		if q.kind != "classic" && b.Reads("messages", "messages_ready", "messages_unacknowledged", "consumers") {
			return change.LagOfQueue(q.kind)
		}
		return b.lag(q)
	}
	b.Do = func(ctx context.Context, c *broker.Client, q chosen) (change.Outcome, error) {
		// For classic queues the broker itself checks --if-empty and --if-unused: see delete_queue. If --where reads message
		// counts and the queue had no ready message, the broker also checks that the queue is empty. If --where reads
		// consumers and the queue had none, the broker also checks that the queue is unused.
		only := broker.DeleteOnly{IfEmpty: b.ifEmpty || q.ready.Text() == "0" && b.Reads("messages", "messages_ready"),
			IfUnused: b.ifUnused || q.consumers.Text() == "0" && b.Reads("consumers")}
		if q.kind != "classic" {
			only = broker.DeleteOnly{}
		}
		err := c.DeleteQueue(ctx, q.vhost, q.name, only)
		if change.KeptFor(only, err) != (broker.DeleteOnly{}) {
			return change.Outcome{Word: "kept", Notes: []string{broker.ReasonOf(err)}}, nil
		}
		return change.Outcome{}, err
	}
	return b.Command("delete_queues", verb.About{
		Short: "Delete all queues that match, with their messages",
		Long: `Delete all queues that --match, --where and --idle choose, in all virtual hosts or in the one that -p names.
At least one of these flags is needed; if several are given, only queues that match all of them are deleted. It lists
each queue with its messages, says which queues are kept and why, and asks; without a terminal it needs --yes.

Exclusive queues and queues that do not run (down, stopped, crashed) are kept. --if-empty counts unacknowledged
messages too. --if-empty and --if-unused work for every queue type. If --if-empty, --if-unused, --expect-messages or a
--where with counts of messages or consumers is given and these counts can be out of date, the command waits (6
seconds, 12 with streams) and counts again. With --expect-messages it deletes nothing unless the sum of the messages
in all queues that it would delete is the expected one.

If the last listing is more than 5 seconds old when a queue comes to its turn (longer, if listing takes long), the
command lists the queues again first, and keeps those that the flags do not choose any more. The broker itself checks
classic queues when it deletes them: a queue that --if-empty or --where chose as empty is kept if a message is ready,
and one that --if-unused or --where chose as unused is kept if it has a consumer. A quorum queue or a stream can get
messages in the last seconds before it is deleted; these messages are lost.

The command deletes eight queues at a time, and stops at the first error unless --keep-going is given. With --journal
it writes a line before and a line after each queue, so that an interrupted run shows what it did. Run the same
command again to delete the rest.`,
		Example: `  rabbitctl delete_queues --match '^tmp\.' --idle 30d --if-empty --if-unused
  rabbitctl delete_queues --match '^tmp\.' -p prod --dry-run
  rabbitctl delete_queues --match '^tmp\.' --expect-messages 0:100
  rabbitctl delete_queues --match . --exclude '^keep\.' --if-empty --if-unused --yes --journal cleanup.jsonl`,
	}, true, b.conditions)
}
