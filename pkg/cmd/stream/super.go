package stream

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func addSuper() verb.Change {
	return verb.Of(change.AddSuperStream, verb.About{
		Short: "Add a super stream; if it exists, say whether it is as wanted",
		Long: `Add a super stream: an exchange, its partitions, each of which is a stream, and their bindings, as rabbitmq-streams
makes them. It never changes an existing super stream: the outcome is "unchanged" if all parts are as wanted, and
"differs" (exit 4) with other partitions or arguments. The same command finishes an interrupted run, and adds again
parts that were deleted ("changed"), unless the last partition or its binding is among them and another partition is
still bound ("differs"). If the exchange does not exist, but a queue with the name of a partition does, nothing is
added ("differs").

No partition can be added to a super stream: messages with the same key would go elsewhere.`,
		Example: `  rabbitctl add_super_stream invoices --partitions 5
  rabbitctl add_super_stream invoices --binding-keys eu,us --max-age 7D --max-length-bytes 20GB -p prod
  rabbitctl add_super_stream invoices --check`,
	})
}

func deleteSuper() verb.Change {
	return verb.Of(change.DeleteSuperStream, verb.About{
		Short: "Delete a super stream with its partitions",
		Long: `Delete a super stream with its partitions and all their messages. It lists the partitions with what they hold, and asks;
without a terminal it needs --yes. The partitions go first and the exchange last, so that the same command finishes what was
interrupted. Of the queues that are bound to its exchange, a stream is a partition if its name begins with NAME- or its
binding has the argument x-stream-partition-order. Other queues are kept.`,
		Example: `  rabbitctl delete_super_stream invoices
  rabbitctl delete_super_stream invoices -p prod --if-exists --yes`,
	})
}
