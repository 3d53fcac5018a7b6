package shovel

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func remove() verb.Change {
	return verb.Of(change.DeleteShovel, verb.About{
		Short: "Delete a dynamic shovel",
		Long: `Delete dynamic shovels. It says what they move and asks; without a terminal it needs --yes. Messages that a
shovel has taken and not acknowledged go back to their queue. A shovel that takes messages from an exchange has a
queue of its own, which is deleted with the messages in it. A static shovel is in the configuration of a node: it
cannot be deleted here.`,
		Example: `  rabbitctl delete_shovel move-orders
  rabbitctl delete_shovel move-orders move-jobs -p prod --if-exists --yes`,
	})
}

func restart() verb.Change {
	return verb.Of(change.RestartShovel, verb.About{
		Short: "Restart a dynamic shovel",
		Long: `Restart dynamic shovels: each connects again to its source and its destination. At least one shovel must be
named, as NAME or in the file of --from-file. "restarted" means that the broker accepted the request; list_shovels shows
whether the shovel runs.`,
		Example: `  rabbitctl restart_shovel move-orders
  rabbitctl restart_shovel move-orders -p prod`,
	})
}
