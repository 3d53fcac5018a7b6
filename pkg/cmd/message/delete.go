package message

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func remove() verb.Change {
	return verb.Of(change.DeleteMessages, verb.About{
		Short: "Delete chosen messages of a queue, and keep them in a file",
		Long: `Delete the messages of a queue that match --where. They are first written to a new file, with all
properties, and acknowledged when they are on the disk: import_messages brings them back. --no-backup writes no file.
The others are held until the end, and then requeued in their order.

It says how many messages it would delete, and asks; without a terminal it needs --yes. If it would have to look at
more than 65535 messages, or at bodies of more than about 64 MiB together, it gives up and deletes nothing (exit 75).
On quorum queues before 4.3 it does not count the matching messages before it asks, each message that stays counts as
delivered once more, their order may change, and it can give up in the middle: --counts-as-delivery accepts that.`,
		Example: `  rabbitctl delete_messages orders.dlq --where 'death.age > 604800'
  rabbitctl delete_messages orders --where 'json.customer.id == 7' --backup customer-7.jsonl --yes
  rabbitctl delete_messages orders --where 'bytes == 0' --no-backup --dry-run`,
	})
}
