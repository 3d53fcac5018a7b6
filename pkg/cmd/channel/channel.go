// Package channel has the commands about channels.
package channel

import (
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// Commands returns the commands of this package, in the order in which the help lists them.
func Commands() []verb.Command { return []verb.Command{list()} }

func list() verb.List {
	return verb.List{
		Name:  "list_channels",
		Short: "List channels",
		Long: `List channels of AMQP 0-9-1, those of shovels and federation links too. Figures are up to 10 seconds old.
A channel that opened less than 5 seconds ago can be missing. A user without the tag monitoring sees only its own
channels.`,
		Example: `  rabbitctl list_channels
  rabbitctl list_channels name prefetch_count messages_unacknowledged --sort -messages_unacknowledged
  rabbitctl list_channels connection_details.name number --where 'messages_unacknowledged > 100'`,
		Table: table(),
		Rows:  verb.OfClients("channels", verb.OfBroker((*broker.Client).Channels)),
	}
}
