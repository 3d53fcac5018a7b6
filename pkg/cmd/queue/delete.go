package queue

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func remove() verb.Change {
	return verb.Of(change.DeleteQueue, verb.About{
		Short: "Delete queues with their messages",
		Long: `Delete queues with all their messages and bindings.

It shows what will be lost and asks; without a terminal it needs --yes. "deleted" means that rabbitctl looked and the
queue is gone. An exclusive queue is refused, since only the connection that declared it can delete it.

--if-empty counts unacknowledged messages too, on every queue type (the broker's own condition does not). For a
classic queue the broker itself checks --if-unused, and ready messages for --if-empty, when it deletes. For quorum
queues and streams the broker cannot check, and its counts of messages and consumers can be some seconds old. So if
--if-empty, --if-unused or --expect-messages is given for such a queue, the command waits (6 seconds, 12 for a stream)
and counts again. It then knows of all messages and consumers that were there when the command began, but may miss
later ones.`,
		Example: `  rabbitctl delete_queue tmp.import
  rabbitctl delete_queue tmp.a tmp.b -p prod --if-empty --if-unused --yes
  rabbitctl delete_queue orders --dry-run
  rabbitctl delete_queue orders --expect-messages 0:200 --yes --journal changes.jsonl`,
	})
}
