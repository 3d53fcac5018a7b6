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
		Long: `Drop the messages that are ready in the queues that --match, --where and --idle choose, of all virtual hosts or
of the one that -p names. It lists each with what it holds, says which are kept and why, and asks; without a terminal it
needs --yes. Messages that a consumer holds unacknowledged stay. Streams cannot be purged. Counts of quorum queues are
up to 5 seconds old; with --expect-messages, which drops nothing if the queues together hold another number of messages,
it waits until they are newer.

Eight queues are purged at once. The first error ends the run, unless --keep-going is given. With --journal each queue
has a line before and a line after it.`,
		Example: `  rabbitctl purge_queues --match '\.dlq$'
  rabbitctl purge_queues --match '\.dlq$' --where 'messages > 1000' -p prod --dry-run
  rabbitctl purge_queues --match '^test\.' --yes --journal purge.jsonl`,
	}, true, b.expected)
}
