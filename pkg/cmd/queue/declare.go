package queue

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func declare() verb.Change {
	return verb.Of(change.DeclareQueue, verb.About{
		Short: "Declare a queue, and say whether it is as wanted",
		Long: `Declare a queue, and report the outcome:

  created    the queue did not exist; it does now, and was read back
  unchanged  the queue existed already, and is as wanted
  differs    the queue is not as wanted, and declaring cannot change that (exit 4)

Declaring never changes a queue that exists. For each property that differs, the output says what sets the present
value (the argument, a policy or a default), and whether a policy can set the wanted one. If a broker accepts the
declaration, but the queue is still not as wanted, this is "differs" too: for example, an existing queue does not
get an argument that the broker does not know. An argument that the queue has and that is not given is a difference,
too. Queues are durable unless --durable=false is given.

If the dead-letter exchange in the arguments does not exist, a note says so. The command does not look for a
dead-letter exchange that a policy sets: list_unroutable does.

With --check nothing is written: a queue that is not there is "missing" (exit 65).`,
		Example: `  rabbitctl declare_queue orders
  rabbitctl declare_queue orders --type quorum --delivery-limit 5 --dead-letter-exchange dlx
  rabbitctl declare_queue jobs -p prod --message-ttl 10m --max-length 100000 --overflow reject-publish
  rabbitctl declare_queue jobs --argument x-custom:string=value
  rabbitctl declare_queue orders --message-ttl 10m --check || echo 'not as wanted'`,
	})
}
