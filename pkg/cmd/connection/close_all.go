package connection

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func closeAll() verb.Change {
	return verb.Of(change.CloseAllConnections, verb.About{
		Short: "Close all client connections to a virtual host or a node",
		Long: `Close all client connections to a virtual host (/ unless -p names another). With --node, close all
connections to that node instead, in all virtual hosts. It lists the connections and asks; without a terminal it
needs --yes. Most clients reconnect at once; with --delay they come back one after another. The broker sends
REASON to the clients and writes it to its log; without REASON, that is "closed by an operator with rabbitctl".

Without --delay, eight connections are closed at a time. If the delays together take longer than --timeout, the
command closes nothing and says so. close_connections chooses by name, columns or idleness.`,
		Example: `  rabbitctl close_all_connections 'maintenance' -p prod
  rabbitctl close_all_connections 'node goes down' --node rabbit@a --delay 200ms --yes
  rabbitctl close_all_connections --dry-run`,
	})
}

func closeAllOfUser() verb.Change {
	return verb.Of(change.CloseAllUserConnections, verb.About{
		Short: "Close all client connections of a user",
		Long: `Close all client connections of a user, in all virtual hosts. It lists them and asks; without a terminal it
needs --yes. Open connections outlive a change of the password: closing them makes the clients log in again. The
broker sends REASON to the clients and writes it to its log; without REASON, that is "closed by an operator with
rabbitctl". If the delays of --delay together take longer than --timeout, the command closes nothing and says
so.`,
		Example: `  rabbitctl close_all_user_connections app 'password changed'
  rabbitctl close_all_user_connections app --delay 1s --yes
  rabbitctl close_all_user_connections app --dry-run`,
	})
}
