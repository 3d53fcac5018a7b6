package queue

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func purge() verb.Change {
	return verb.Of(change.PurgeQueue, verb.About{
		Short: "Drop the messages that are ready in queues",
		Long: `Drop the messages that are ready in queues. Messages that a consumer holds unacknowledged are not dropped;
if its channel closes, they are ready again. The command shows what will be dropped and asks; without a terminal it
needs --yes. For one queue it prints the counts before and after, for several queues the outcome of each. Streams cannot
be purged. An exclusive queue can be purged only by the connection that declared it.

The count of a quorum queue is up to 5 seconds old, so with --expect-messages the command waits 6 seconds for each
quorum queue and counts again.`,
		Example: `  rabbitctl purge_queue orders.dlq
  rabbitctl purge_queue orders.dlq -p prod --expect-messages 1:500 --yes
  rabbitctl purge_queue orders.dlq payments.dlq --dry-run`,
	})
}
