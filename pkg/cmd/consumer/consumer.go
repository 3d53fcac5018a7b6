// Package consumer has the commands about consumers.
package consumer

import (
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// Commands returns the commands of this package, in the order in which the help lists them.
func Commands() []verb.Command { return []verb.Command{list()} }

func list() verb.List {
	return verb.List{
		Name:  "list_consumers",
		Short: "List consumers",
		Long: "List consumers, those of the stream protocol too, of all virtual hosts unless -p names one. A user " +
			"without the tag monitoring sees only its own.",
		Example: `  rabbitctl list_consumers
  rabbitctl list_consumers queue_name consumer_tag channel_details.connection_name channel_details.peer_host -p /
  rabbitctl list_consumers --where 'queue_name == "orders" && !active'`,
		Table:  table(),
		Scoped: true,
		Rows:   verb.OfClients("consumers", verb.OfVHost((*broker.Client).Consumers)),
	}
}
