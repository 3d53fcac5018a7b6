package exchange

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func remove() verb.Change {
	return verb.Of(change.DeleteExchange, verb.About{
		Short: "Delete exchanges with their bindings",
		Long: `Delete exchanges with all their bindings. It shows the bindings and asks; without a terminal it needs --yes.
If a client publishes to a deleted exchange over AMQP 0-9-1, the broker closes its channel. With --if-unused the
command refuses an exchange that is the source of a binding; the broker itself checks that when it deletes.`,
		Example: `  rabbitctl delete_exchange orders.old
  rabbitctl delete_exchange orders.old -p prod --if-unused --if-exists --yes
  rabbitctl delete_exchange orders.old --dry-run`,
	})
}
