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
or in the one that -p names. If several of these flags are given, only queues that match all of them are purged. The
command lists the queues with what they hold, also those that it keeps and why, and asks; without a terminal it needs
--yes. Above the question it lists at most 15 queues; --dry-run lists all. Messages that a consumer holds unacknowledged
stay. Streams cannot be purged; exclusive queues and queues that do not run (down, stopped, crashed) are kept, too.

With --expect-messages the command drops nothing unless all queues that it would purge hold, in sum, that many messages.
The counts of quorum queues are up to 5 seconds old, so with this flag the command waits 6 seconds and counts again if
it has chosen at least one quorum queue.

Eight queues are purged at once. If the latest listing is more than 5 seconds old (more on a broker where listings take
long), the command lists the queues again before it goes on, and keeps queues that the flags do not choose any more. The
first error ends the run, unless --keep-going is given. With --journal the command writes a line before and a line after
each queue.`,
		Example: `  rabbitctl purge_queues --match '\.dlq$'
  rabbitctl purge_queues --match '\.dlq$' --where 'messages > 1000' -p prod --dry-run
  rabbitctl purge_queues --match '^test\.' --yes --journal purge.jsonl`,
	}, true, b.expected)
}
