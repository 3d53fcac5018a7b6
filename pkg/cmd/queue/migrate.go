package queue

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func migrate() verb.Change {
	return verb.Of(change.MigrateQueue, verb.About{
		Short: "Change the type of a queue, and keep its messages and bindings",
		Long: `Change the type or the arguments of a queue, which the broker itself cannot do once the queue is declared. The
queue keeps its messages and bindings. It becomes a quorum queue unless --to-type classic is given, even if you only
change arguments. A stream is refused.

For a while there is another queue, QUEUE.migrating. It gets the bindings first, then the messages. When QUEUE is empty,
it is deleted and declared again, and gets its bindings and messages back. Each step first looks at what is there, so
after an interruption you can run the same command again: it does the rest. Never run it twice at once for the same
queue: it refuses that only if it sees that the other run moves messages. A message that is published while a binding
moves can be there twice. Before it starts, the command names limits of the new queue that could drop messages. It
refuses to start if a policy or an operator policy sets max-length, max-length-bytes, message-ttl or expires for
QUEUE.migrating, or if QUEUE holds more messages than its new max-length.

Messages are moved as move_messages does it, over AMQP: none is lost, and up to 500 are there twice if the command is
killed meanwhile. With --via shovel, or if no AMQP port can be reached from here and --via is not given, a shovel on the
broker moves them. A shovel needs the plugin rabbitmq_shovel_management, and the user the tag policymaker or
administrator.

The user needs the permissions to configure, read and write QUEUE and QUEUE.migrating, and to read the exchanges that
QUEUE is bound to. A test at the start declares and deletes QUEUE.migrating-try, so the user must be allowed to
configure that queue, too. To move messages over AMQP, the user must also be allowed to write to the default exchange,
amq.default. Before the command moves a binding, it tries that with a message that no queue gets, and stops if the
broker refuses it.

Stop the consumers first: a queue with consumers is refused. Stop publishers that publish straight to the queue's name
(default exchange): for a moment there is no queue, and the broker then drops what they publish, or returns it if it
is mandatory.

The command refuses to start if the new type does not support an argument of the queue, and names the argument;
--without leaves it out.`,
		Example: `  rabbitctl migrate_queue orders --to-type quorum
  rabbitctl migrate_queue orders --to-type quorum --argument x-delivery-limit=5 --without x-max-priority
  rabbitctl migrate_queue orders --via shovel --dry-run`,
	})
}

func recreate() verb.Change {
	return verb.Of(change.RecreateQueue, verb.About{
		Short: "Recreate an empty queue with another type or other arguments",
		Long: `Recreate an empty queue with another type or other arguments, and keep its bindings. The present arguments
stay, except those that --argument or --without names. If the new type does not support one of the present
arguments, the command refuses, and names it: --without leaves it out. A stream is refused, and so is a queue with
messages or consumers; migrate_queue moves messages, too. The command asks; without a terminal it needs --yes.

While the command runs, the queue QUEUE.migrating gets what bindings route to QUEUE. At the end the command moves these
messages to the new QUEUE (see --via). Only messages that are published to the default exchange with the queue's name
are lost, and only while QUEUE does not exist. After an interruption, run the same command again: it does the rest.
Never run it twice at once for the same queue.`,
		Example: `  rabbitctl recreate_queue orders --type quorum
  rabbitctl recreate_queue orders --argument x-max-length=1000 --yes
  rabbitctl recreate_queue orders --without x-message-ttl --dry-run`,
	})
}
