// Package binding has the commands about bindings.
package binding

import (
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// Commands returns the commands of this noun, in the order of the help.
func Commands() []verb.Command { return []verb.Command{list(), bind(), unbind()} }

func list() verb.List {
	return verb.List{
		Name:  "list_bindings",
		Short: "List bindings",
		Long: `List bindings, of all virtual hosts unless -p names one. Each queue is bound to the default exchange, whose
name is empty, by its own name; the list has these bindings, too.`,
		Example: `  rabbitctl list_bindings
  rabbitctl list_bindings --where 'source_name == "orders"' -p /
  rabbitctl list_bindings source_name destination_name routing_key --where 'source_name != ""'`,
		Table:  table(),
		Scoped: true,
		Rows:   verb.OfNodes(verb.OfVHost((*broker.Client).Bindings)),
	}
}
