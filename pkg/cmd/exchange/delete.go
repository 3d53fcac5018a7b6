package exchange

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func remove() verb.Change {
	return verb.Of(change.DeleteExchange, verb.About{
		Short: "Delete exchanges with their bindings",
		Long: `Delete exchanges with all their bindings. It shows the bindings and asks; without a terminal it needs --yes. Messages that
are published to an exchange that is gone close the publisher's channel. With --if-unused an exchange from which a binding
leads away is refused; the broker looks itself in the moment of the deletion.`,
		Example: `  rabbitctl delete_exchange orders.old
  rabbitctl delete_exchange orders.old -p prod --if-unused --if-exists --yes
  rabbitctl delete_exchange orders.old --dry-run`,
	})
}
