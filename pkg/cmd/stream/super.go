package stream

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func addSuper() verb.Change {
	return verb.Of(change.AddSuperStream, verb.About{
		Short: "Add a super stream, or say whether it is as wanted",
		Long: `Add a super stream: an exchange and its partitions, each of which is a stream. What is there is never changed: it is
"unchanged" with as many partitions, and "differs" (exit 4) with another number. Releases before 4.1 do not offer it over
the HTTP API.`,
		Example: `  rabbitctl add_super_stream invoices --partitions 5
  rabbitctl add_super_stream invoices --binding-keys eu,us --max-age 7D -p prod
  rabbitctl add_super_stream invoices --check`,
	})
}

func deleteSuper() verb.Change {
	return verb.Of(change.DeleteSuperStream, verb.About{
		Short: "Delete a super stream with its partitions",
		Long: `Delete a super stream with its partitions and all their messages. It lists the partitions and asks; without a terminal
it needs --yes. The partitions go first and the exchange last, so that the same command finishes what was interrupted.`,
		Example: `  rabbitctl delete_super_stream invoices
  rabbitctl delete_super_stream invoices -p prod --if-exists --yes`,
	})
}
