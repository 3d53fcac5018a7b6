package message

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func move() verb.Change {
	return verb.Of(change.MoveMessages, verb.About{
		Short: "Move messages from a queue to another one, and lose none",
		Long: `Move the messages that are ready in a queue to another queue of the same virtual host, in their order. Each is
published with a confirm, and acknowledged only when the broker has confirmed it, so no message is lost. If this
program dies, up to 500 messages can be in both queues. If the source is a classic queue and its node dies, more than
500 can be.

The command moves at most as many messages as were ready when it began. It refuses a destination that does not exist,
is a stream or does not run. It also refuses one that has no room below its max-length for all messages that are ready
(with --limit N: for N of them), even if --where would choose fewer. It does not begin while an alarm blocks
publishers. When something goes wrong in the middle it stops, requeues what is not moved, says how many are moved, and
exits with 75; run the same command again to move the rest.

--where moves only chosen messages. The others stay: the command holds them until the end, and requeues them in their
order. It can hold at most 65535 messages, with bodies of about 64 MiB together; if more would have to stay, it stops
(exit 75). Quorum queues before 4.3 count one more delivery for each message that stays, and may change their order, so
with --where the command refuses such a queue without --counts-as-delivery.

It speaks AMQP with the broker: at the host of the management API and the port that this API reports (for a user
without the tag monitoring 5672, or 5671 if the API uses TLS), or at --amqp-url. The user needs the permission to read
the source and to write to the default exchange, amq.default.

Where no AMQP port can be reached, use --via shovel: a shovel on the broker moves the messages, and the command waits
for its end. The broker needs the plugin rabbitmq_shovel_management, and the user the tag policymaker or
administrator. The shovel is called "rabbitctl SOURCE", and is removed when the command ends. If the command is
killed, the shovel goes on; run the same command again to wait for its end. A shovel is less careful: what it moves
while somebody deletes the destination is lost, and before 4.2 it goes on while an alarm blocks publishers. --where
does not work with it.

The command asks first if the destination is part of a dead-letter cycle, in which the broker drops messages, or if it
has a max-length-bytes and drops its oldest messages when it is full. Without a terminal the command then needs --yes.`,
		Example: `  rabbitctl move_messages orders.wrong orders
  rabbitctl move_messages orders.dlq orders --limit 100 --dry-run
  rabbitctl move_messages orders orders.eu --where 'headers["country"] == "de"'
  rabbitctl move_messages orders.wrong orders --via shovel
  rabbitctl move_messages -p shop orders orders.old --expect-messages 1000:2000`,
	})
}
