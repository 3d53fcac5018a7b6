package message

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func remove() verb.Change {
	return verb.Of(change.DeleteMessages, verb.About{
		Short: "Delete chosen messages of a queue, and keep them in a file",
		Long: `Delete the ready messages of a queue that match --where, which has to be given. They are first written to a
new file, with all properties, and acknowledged when they are on the disk: import_messages brings them back.
--no-backup writes no file. Messages that do not match are held until the end, and then requeued in their order.

It says how many messages it would delete, and asks; without a terminal it needs --yes. If it would have to look at
more than 65535 messages, or at bodies of more than about 64 MiB together, it gives up and deletes nothing (exit 75).
A quorum queue before 4.3 is refused without --counts-as-delivery: it counts one more delivery of each message that
stays, and the order of these messages may change. For such a queue the command asks without counting the matching
messages, and it can give up in the middle, after it has deleted some.`,
		Example: `  rabbitctl delete_messages orders.dlq --where 'death.age > 604800'
  rabbitctl delete_messages orders --where 'json.customer.id == 7' --backup customer-7.jsonl --yes
  rabbitctl delete_messages orders --where 'bytes == 0' --no-backup --dry-run`,
	})
}
