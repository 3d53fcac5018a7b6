package message

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func tap() verb.Change {
	return verb.Of(func() change.Op { return change.TapExchange(view()) }, verb.About{
		Short: "Write out messages as they are published to an exchange",
		Long: `Write out copies of the messages that are published to an exchange from now on, until Ctrl-C, --limit or --for.
A terminal shows each with its properties, headers and body, as peek_messages --whole does; a pipe and the new file of
--to get them as export_messages writes them. A queue of its own, rabbitctl-tap-..., is bound to the exchange; it is
exclusive, and is deleted when this program ends, however it ends.

The tap never slows publishers down: its queue keeps 100 messages at most, and where the tap is too slow it drops the
oldest. At the end it says how many; where some may have been dropped it waits 6s for the broker's statistics. While it
is bound, a message that no other queue gets counts as routed: its publisher gets no return, and an alternate exchange
does not get it. A direct exchange needs --routing-key; for a topic exchange # is the default, and for a headers
exchange all messages. The default exchange cannot be tapped.

--firehose shows all messages of the virtual host instead, also those of the default exchange, if the broker traces
them: trace_on starts that, and makes the broker slower; tap neither starts nor stops it. Each publish has the routing
key publish.EXCHANGE and each delivery deliver.QUEUE, which --routing-key chooses from; the message's own properties and
routing keys are in headers, with the user, the connection and the queues that got it. The broker does not count what it
drops there.

The user needs to configure, write and read queues rabbitctl-tap-.*, and to read the exchange.`,
		Example: `  rabbitctl tap --exchange events
  rabbitctl tap --exchange events --routing-key 'order.*' --limit 10 | jq -r '.Body // empty | @base64d'
  rabbitctl tap --exchange events --for 10m --to events.jsonl.gz
  rabbitctl tap --firehose --routing-key 'deliver.orders'`,
	})
}
