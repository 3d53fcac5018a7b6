package queue

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func purgeMany() verb.Change {
	b := newBulk("purge", "purged", func(q chosen) string {
		if q.kind == "stream" {
			return "a stream, which cannot be purged"
		}
		// Only an empty classic queue is kept: the count of a quorum queue can be older than the messages in it.
		if ready, known := q.ready.Int(); known && ready == 0 && q.kind == "classic" {
			return "no message is ready"
		}
		return ""
	})
	b.Do = func(ctx context.Context, c *broker.Client, q chosen) (change.Outcome, error) {
		return change.Outcome{}, c.PurgeQueue(ctx, q.vhost, q.name)
	}
	return b.Command("purge_queues", verb.About{
		Short: "Drop the ready messages of all queues that match",
		Long: `Drop the messages that are ready in all queues that --match, --where and --idle choose, in all virtual hosts
or in the one that -p names. If several of these flags are given, only queues that match all of them are purged. It
lists each queue with what it holds, says which queues are kept and why, and asks; without a terminal it needs --yes.
Messages that a consumer holds unacknowledged stay. Streams cannot be purged; exclusive queues and queues that do not
run (down, stopped, crashed) are kept, too. With --expect-messages the command drops nothing if the queues that it
would purge together hold another number of messages. The counts of quorum queues are up to 5 seconds old, so the
command then waits 6 seconds and counts again.

Eight queues are purged at once. If the latest look is more than 5 seconds old, the command looks again, and keeps
queues that the flags do not choose any more. The first error ends the run, unless --keep-going is given. With --journal
the command writes a line before and a line after each queue.`,
		Example: `  rabbitctl purge_queues --match '\.dlq$'
  rabbitctl purge_queues --match '\.dlq$' --where 'messages > 1000' -p prod --dry-run
  rabbitctl purge_queues --match '^test\.' --yes --journal purge.jsonl`,
	}, true, b.expected)
}
