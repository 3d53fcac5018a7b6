package personality

import (
	"context"
	"errors"
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// connectionChanges returns the commands that close connections. The official tools require a reason; rabbitctl's own
// commands do not.
func connectionChanges() []command {
	return []command{
		ofOp(change.CloseConnection, command{
			usage: "close_connection <connection pid> <explanation>", min: 1,
			banner: func(c *call) string { return "Closing connection " + c.args[0] + ", reason: " + c.args[1] + "..." },
		}, connectionClosed),
		ofOp(change.CloseAllConnections, command{
			usage: "close_all_connections [--vhost <vhost> --limit <limit>] [-n <node> --global] [--per-connection-delay <delay>] <explanation>",
			min:   1,
			banner: func(c *call) string {
				if c.line.on("global") {
					return "Closing all connections to node " + c.node + " (across all vhosts), reason: " + c.args[0] + "..."
				}
				if limit := c.option("limit", "0"); limit != "0" {
					return "Closing " + limit + " connections in vhost " + c.vhost() + ", reason: " + c.args[0] + "..."
				}
				return "Closing all connections in vhost " + c.vhost() + ", reason: " + c.args[0] + "..."
			},
		}, connectionsClosed),
		ofOp(change.CloseAllUserConnections, command{
			usage: "close_all_user_connections <username> <explanation>", min: 1,
			banner: func(c *call) string {
				return "Closing connections of user " + c.args[0] + ", reason: " + c.args[1] + "..."
			},
		}, nil),
	}
}

// connectionClosed gives the result of close_connection. The command takes the name of a connection. The official tool
// takes a process identifier instead, which the API does not report.
func connectionClosed(_ context.Context, c *call, _ change.Outcome, err error) (answer, error) {
	switch {
	case errors.Is(err, change.ByPid{}):
		return answer{}, no(fail.Unavailable, "%v\n  next: %s list_connections name shows the names", change.ByPid{}, c.tool)
	case change.MissingOf(err) != nil:
		return answer{}, no(fail.Unavailable,
			"there is no connection named %s\n  next: %s list_connections name shows the names", c.args[0], c.tool)
	}
	return answer{}, err
}

func connectionsClosed(_ context.Context, _ *call, o change.Outcome, err error) (answer, error) {
	closed, _ := o.Facts.Fact("closed").Int()
	return answer{text: fmt.Sprintf("Closed %d connections", closed)}, err
}
