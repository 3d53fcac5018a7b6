package stream

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func addSuper() verb.Change {
	return verb.Of(change.AddSuperStream, verb.About{
		Short: "Add a super stream; if it exists, say whether it is as wanted",
		Long: `Add a super stream: an exchange, its partitions, each of which is a stream, and their bindings, as
rabbitmq-streams makes them. It never changes a part that exists. If all parts are as wanted, the outcome is
"unchanged". If the super stream has other partitions or arguments, the outcome is "differs" (exit 4), and
nothing is added. What is left out is compared, too: without --partitions and --binding-keys 3 partitions are
wanted, and an argument whose option is left out must be absent (except that of --leader-locator: it is not
compared then). The same command finishes an interrupted run, and adds deleted parts again ("changed"). But if
the last partition or its binding is missing while another partition is bound, the outcome is "differs", as for
a super stream with fewer partitions. If the exchange does not exist, but a queue with the name of a partition
does, the outcome is "differs", too.

This command adds no partition to a complete super stream: messages with the same key would then go to another
partition than before.`,
		Example: `  rabbitctl add_super_stream invoices --partitions 5
  rabbitctl add_super_stream invoices --binding-keys eu,us --max-age 7D --max-length-bytes 20GB -p prod
  rabbitctl add_super_stream invoices --partitions 5 --check`,
	})
}

func deleteSuper() verb.Change {
	return verb.Of(change.DeleteSuperStream, verb.About{
		Short: "Delete a super stream with its partitions",
		Long: `Delete a super stream with its partitions and all their messages. It lists the partitions with what they
hold, and asks; without a terminal it needs --yes. The partitions are deleted first and the exchange last, so that the
same command finishes an interrupted run. A partition is a stream that is bound to the exchange of the super stream,
if the name of the stream begins with NAME- or the binding has the argument x-stream-partition-order. Other queues
that are bound to the exchange are kept.`,
		Example: `  rabbitctl delete_super_stream invoices
  rabbitctl delete_super_stream invoices -p prod --if-exists --yes`,
	})
}
