package message

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func move() verb.Change {
	return verb.Of(change.MoveMessages, verb.About{
		Short: "Move messages from a queue to another one, and lose none",
		Long: `Move the messages that are ready in a queue to another queue of the same virtual host, in their order. Each is
published with a confirm, and acknowledged only when the broker has confirmed it. If this program dies, up to 500
messages are in both queues; if a broker dies, a classic queue as the source can bring back more than that. No message
is lost.

The command moves as many messages as were ready when it began. It refuses a destination that does not exist, is a
stream, or would drop or refuse messages, and it does not begin while an alarm blocks publishers. When something goes
wrong in the middle it stops, requeues what is not moved, says how many are moved, and exits with 75; run the same
command again to move the rest. The move has no time limit unless --timeout is given.

--where moves only chosen messages: the others are held until the end, and requeued in their order. So at most 65535,
and bodies of about 64 MiB together, can stay; if there are more, the command stops (exit 75). Quorum queues before
4.3 count one more delivery for each message that stays, and may change their order, so the command refuses such a
queue without --counts-as-delivery.

It speaks AMQP with the broker: at the host of the management API and the port that this API reports (for a user
without the tag monitoring 5672, or 5671 if the API uses TLS), or at --amqp-url. The user needs the permission to read
the source and to write to the default exchange, amq.default. Where no AMQP port can be reached, --via shovel lets a
shovel on the broker move them, and watches it to its end; the broker needs the plugin rabbitmq_shovel_management, and
the user the tag policymaker. The shovel is called "rabbitctl SOURCE", and removed when the command ends. If the
command is killed the shovel goes on, and the next run finds it. A shovel is less careful: it declares a missing
destination, so the command looks for the destination first; what it moves while the destination is deleted is lost;
and before 4.3 it goes on while an alarm blocks publishers. It does not support --where.

If the destination would dead-letter messages in a cycle, where the broker drops them, or has a max-length-bytes and
drops its oldest messages, the command asks first; without a terminal it then needs --yes.`,
		Example: `  rabbitctl move_messages orders.wrong orders
  rabbitctl move_messages orders.dlq orders --limit 100 --dry-run
  rabbitctl move_messages orders orders.eu --where 'headers["country"] == "de"'
  rabbitctl move_messages orders.wrong orders --via shovel
  rabbitctl move_messages -p shop orders orders.old --expect-messages 1000:2000`,
	})
}
