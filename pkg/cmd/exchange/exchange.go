// Package exchange has the commands about exchanges.
package exchange

import (
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// Commands returns the commands of this package, in the order in which the help lists them.
func Commands() []verb.Command {
	return []verb.Command{list(), show(), declare(), remove(), removeMany(), ring()}
}

func list() verb.List {
	return verb.List{
		Name:  "list_exchanges",
		Short: "List exchanges",
		Long:  "List exchanges, of all virtual hosts unless -p names one. The default exchange has an empty name.",
		Example: `  rabbitctl list_exchanges
  rabbitctl list_exchanges name type message_stats.publish_in_details.rate -p /
  rabbitctl list_exchanges --exclude '^(amq\.|$)' -o json`,
		Table:  table(),
		Scoped: true,
		Rows:   verb.OfVHost((*broker.Client).Exchanges),
	}
}
