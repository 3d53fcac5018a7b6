package shovel

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func declare() verb.Change {
	return verb.Of(change.DeclareShovel, verb.About{
		Short: "Declare a dynamic shovel",
		Long: `Declare a dynamic shovel, which moves messages from a queue or an exchange to another one: create it, or
replace the one with that name. Without a URI the shovel takes from, or publishes to, the broker itself, in the virtual
host of -p. A URI with a password belongs in a file, or standard input, since other users of the machine can see the
command line; the output shows *** instead of the password. Of several URIs, one on each line of the file, the shovel
picks one at random, and tries another one if that is down.

"created" means that the broker accepted it; list_shovels shows whether it runs. It needs the plugin rabbitmq_shovel.
For a setting without an option here use set_parameter.`,
		Example: `  rabbitctl declare_shovel move-orders --source-queue orders --destination-queue orders-2 --delete-after queue-length
  rabbitctl declare_shovel feed --source-uri-file uri.txt --source-queue jobs --destination-queue jobs -p prod
  rabbitctl declare_shovel move-orders --source-queue orders --destination-queue orders-2 --check`,
	})
}
