// Package connection has the commands about client connections.
package connection

import (
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// Commands returns the commands of this package, in the order in which the help lists them.
func Commands() []verb.Command {
	return []verb.Command{list(), show(), closeConnection(), closeAll(), closeAllOfUser(), closeMany(),
		listMQTT(), listWebMQTT(), listSTOMP(), listAMQP10()}
}

func list() verb.List {
	return verb.List{
		Name:  "list_connections",
		Short: "List client connections of every protocol",
		Long: `List client connections of every protocol. State and figures are up to 10 seconds old. A connection that
opened less than 5 seconds ago can be missing, or have no figures yet. A user without the tag monitoring sees only its
own connections.`,
		Example: `  rabbitctl list_connections
  rabbitctl list_connections user_provided_name user peer_host state channels
  rabbitctl list_connections name send_oct recv_oct --sort -send_oct --limit 10
  rabbitctl list_connections --where 'state == "blocked" || state == "flow"'`,
		Table: table(),
		Rows:  verb.OfClients("connections", verb.OfBroker((*broker.Client).Connections)),
	}
}
