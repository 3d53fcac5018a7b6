package queue

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func purge() verb.Change {
	return verb.Of(change.PurgeQueue, verb.About{
		Short: "Drop the messages that are ready in queues",
		Long: `Drop the messages that are ready in queues. At least one queue must be named, as QUEUE or in the file of
--from-file. Messages that a consumer holds unacknowledged are not dropped; if its channel closes, they are ready again.
The command shows what will be dropped and asks; without a terminal it needs --yes. For one queue it prints the counts
before and after, for several queues the outcome of each. Streams cannot be purged. An exclusive queue can be purged
only by the connection that declared it.

With --expect-messages and several queues, each single queue must hold that many messages. All are counted first: if
one does not fit, no queue is purged, or with --keep-going only those that fit. Each is counted again just before
its purge, and is refused if it no longer fits; queues before it are then purged already. The count of a quorum
queue is up to 5 seconds old, so with this flag the command waits 6 seconds for each quorum queue, one after the
other, and counts again. These waits count towards --timeout.`,
		Example: `  rabbitctl purge_queue orders.dlq
  rabbitctl purge_queue orders.dlq -p prod --expect-messages 1:500 --yes
  rabbitctl purge_queue orders.dlq payments.dlq --dry-run`,
	})
}
