package shovel

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func declare() verb.Change {
	return verb.Of(change.DeclareShovel, verb.About{
		Short: "Declare a dynamic shovel",
		Long: `Declare a dynamic shovel, which moves messages from a queue or an exchange to another one: create it, or
replace the one with that name. If neither --source-uri nor --source-uri-file is given, the shovel takes messages from
this broker, and if neither --destination-uri nor --destination-uri-file is given, it publishes to this broker, both
in the virtual host of -p. Put a URI with a password into a file or standard input, since other users of the machine
can see the command line; the output shows *** instead of the password. The file can have several URIs, one on each
line. With the protocol amqp091 the shovel picks one of them at random, and tries another one if it cannot connect.
With amqp10 and local it uses the first one only.

"created" means that the broker accepted the shovel; list_shovels shows whether it runs. A shovel needs the plugin
rabbitmq_shovel. For a setting that has no option here use set_parameter.`,
		Example: `  rabbitctl declare_shovel move-orders --source-queue orders --destination-queue orders-2 --delete-after queue-length
  rabbitctl declare_shovel feed --source-uri-file uri.txt --source-queue jobs --destination-queue jobs -p prod
  rabbitctl declare_shovel move-orders --source-queue orders --destination-queue orders-2 --check`,
	})
}
