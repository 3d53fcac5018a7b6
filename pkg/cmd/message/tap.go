package message

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func tap() verb.Change {
	return verb.Of(change.TapExchange, verb.About{
		Short: "Write out messages as they are published to an exchange",
		Long: `Write out the messages that are published to an exchange from now on, until Ctrl-C, --limit or --for:
on standard output or into a new file, as export_messages writes them. They are copies. A queue of its own,
rabbitctl-tap-..., is bound to the exchange; it is exclusive, and goes with this program, however that ends.

The tap never holds back anybody: it keeps 200 messages at most, and where it is too slow the oldest are dropped.
While it is bound, a message that no other queue gets counts as routed: its publisher gets no return, and an
alternate exchange does not get it. A direct exchange needs --routing-key; for a topic exchange # is the default,
and for a headers exchange all messages. Messages to the default exchange cannot be tapped.

The user needs to configure, write and read queues rabbitctl-tap-.*, and to read the exchange.`,
		Example: `  rabbitctl tap --exchange events
  rabbitctl tap --exchange events --routing-key 'order.*' --limit 10 | jq -r '.Body // empty | @base64d'
  rabbitctl tap --exchange events --for 10m --to events.jsonl.gz`,
	})
}
