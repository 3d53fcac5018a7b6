package exchange

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func declare() verb.Change {
	return verb.Of(change.DeclareExchange, verb.About{
		Short: "Declare an exchange, and say whether it is as wanted",
		Long: `Declare an exchange, and report the outcome: "created", "unchanged", or "differs" (exit 4) with what differs.
Declaring never changes an exchange that exists. Brokers refuse a declaration with another type, another alternate
exchange, or another value of durable, auto-delete or internal, and silently ignore a difference in other arguments.
This command says "differs" in both cases. It also does so if the exchange has an argument that is not given.

If the exchange does not exist and the plugin of its type is off, the command fails and names the plugin. A note names
each argument that RabbitMQ does not know, and an alternate exchange that does not exist.`,
		Example: `  rabbitctl declare_exchange orders --type topic
  rabbitctl declare_exchange orders --type topic --alternate-exchange unrouted -p prod
  rabbitctl declare_exchange later --type x-delayed-message --argument x-delayed-type=direct
  rabbitctl declare_exchange orders --type topic --check || echo 'not as wanted'`,
	})
}
