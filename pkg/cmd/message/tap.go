package message

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func tap() verb.Change {
	return verb.Of(func() change.Op { return change.TapExchange(view()) }, verb.About{
		Short: "Write out messages as they are published to an exchange",
		Long: `Write out copies of the messages that are published to an exchange from now on, until Ctrl-C, --limit or --for.
At a terminal the command shows each message with its properties, headers and
body, as peek_messages --whole does. Into a pipe or the new file of --to it writes messages as export_messages does.
The tap binds an exclusive queue, rabbitctl-tap-..., to the exchange. The broker deletes this queue when the program
ends, however it ends.

A slow tap does not slow publishers down: its queue keeps 100 messages and 16 MiB of bodies at most, and drops the
oldest if the tap is too slow. If some may have been dropped, the command waits 6 s at the end for the broker's
statistics, and then says how many were dropped at least. While the tap runs, a message that reaches only the tap's
queue counts as routed: the broker does not return it to its publisher, and does not send it to an alternate exchange.

A direct exchange needs --routing-key. The tap gets all messages of a fanout exchange, of a topic exchange without
--routing-key, and of a headers exchange without --argument. --argument gives the arguments of the binding, which choose
messages of a headers exchange by their headers. The default exchange cannot be tapped.

--firehose shows instead all messages of the virtual host that clients publish or get on a node that traces it,
also those of the default exchange. trace_on starts tracing on one node, and makes that node slower; tap neither starts
nor stops tracing. It refuses a virtual host that the node of the management API does not trace. A published message has
the routing key publish.EXCHANGE, and a delivered message deliver.QUEUE; --routing-key chooses among them. The message's
own properties and routing keys are in headers, with the user, the connection and, for a published message, the queues
that got it. With --firehose the broker does not count what the tap's queue drops.

The user needs the permissions configure, write and read for queues whose names match rabbitctl-tap-.*, and the
permission read for the exchange.`,
		Example: `  rabbitctl tap --exchange events
  rabbitctl tap --exchange events --routing-key 'order.*' --limit 10 | jq -r '.Body // empty | @base64d'
  rabbitctl tap --exchange events --for 10m --to events.jsonl.gz
  rabbitctl tap --firehose --routing-key 'deliver.orders'`,
	})
}
