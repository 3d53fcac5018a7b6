// Package vhost has the commands about virtual hosts.
package vhost

import (
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// Commands returns the commands of this package, in the order in which the help lists them.
func Commands() []verb.Command {
	return []verb.Command{list(), show(), add(), remove(), removeMany(), update(), setTags(), protect(), unprotect(),
		traceOn(), traceOff(), restart(), reconcile()}
}

func list() verb.List {
	return verb.List{
		Name:  "list_vhosts",
		Short: "List virtual hosts",
		Long: `List the virtual hosts that the user may see. The figures (the columns from messages to message_stats)
lack what is on a node that does not run or does not answer. If there is such a node, a listing with figures ends with
exit code 75 (for a user without the tag monitoring with 0, since it cannot see the nodes).`,
		Example: `  rabbitctl list_vhosts
  rabbitctl list_vhosts name default_queue_type messages
  rabbitctl list_vhosts --where 'messages > 100000' -o json`,
		Table: table(),
		Rows:  wholeFigures(verb.OfBroker((*broker.Client).VHosts)),
	}
}
