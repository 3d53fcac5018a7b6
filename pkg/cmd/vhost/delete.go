package vhost

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func remove() verb.Change {
	return verb.Of(change.DeleteVHost, verb.About{
		Short: "Delete a virtual host with all that is in it",
		Long: `Delete virtual hosts with their queues, messages, exchanges, policies and permissions. Connections to them are closed.

It shows what will be lost and asks; without a terminal it needs --yes. "deleted" means that rabbitctl looked and the
virtual host is gone. A virtual host that is protected from deletion is refused.

--expect-messages counts all messages of all queues of the virtual host; if several virtual hosts are named, it counts
each of them by itself. The counts of quorum queues and streams can be some seconds old. So if --expect-messages
is given and a virtual host has such queues, the command waits (6 seconds, 12 with a stream) and counts again. The
number of connections that the command shows can be 5 seconds old.`,
		Example: `  rabbitctl delete_vhost old
  rabbitctl delete_vhost old older --if-exists --yes
  rabbitctl delete_vhost old --expect-messages 0 --yes --journal changes.jsonl
  rabbitctl delete_vhost old --dry-run`,
	})
}
