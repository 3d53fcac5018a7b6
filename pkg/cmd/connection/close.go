package connection

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func closeConnection() verb.Change {
	return verb.Of(change.CloseConnection, verb.About{
		Short: "Close a client connection",
		Long: `Close a client connection. The broker requeues the unacknowledged messages of its consumers; most clients
reconnect at once. CONNECTION is a name as in list_connections, or the name that the program gave its connection
if no other connection has it. rabbitmqctl takes a process identifier here, which the HTTP API does not have.
The command shows the connection and asks; without a terminal it needs --yes. The broker sends REASON to the
client and writes it to its log; without REASON, that is "closed by an operator with rabbitctl".

The command says "closed" when the broker no longer lists the connection, which can take some seconds. If the
broker still lists it after 10 seconds, or when --timeout ends, the exit code is 75: the broker has accepted the
request, and may close the connection later.`,
		Example: `  rabbitctl close_connection '10.0.0.7:41544 -> 10.0.0.1:5672'
  rabbitctl close_connection stuck-worker-7 'does not acknowledge' --yes
  rabbitctl close_connection stuck-worker-7 --dry-run`,
	})
}
