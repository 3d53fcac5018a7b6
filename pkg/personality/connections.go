package personality

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// connectionChanges are the commands that close connections.
func connectionChanges() []command {
	return []command{
		{
			name: "close_connection", usage: "close_connection <connection pid> <explanation>", min: 2, max: 2,
			run:    closeConnection,
			banner: func(c *call) string { return "Closing connection " + c.args[0] + ", reason: " + c.args[1] + "..." },
		},
		{
			name:  "close_all_connections",
			usage: "close_all_connections [--vhost <vhost> --limit <limit>] [-n <node> --global] [--per-connection-delay <delay>] <explanation>",
			min:   1, max: 1, switches: switches{"global": truth, "limit": integer, "per-connection-delay": integer},
			run: closeAll,
			banner: func(c *call) string {
				if c.line.on("global") {
					return "Closing all connections to node " + c.node + " (across all vhosts), reason: " + c.args[0] + "..."
				}
				if limit := c.option("limit", "0"); limit != "0" {
					return "Closing " + limit + " connections in vhost " + c.vhost() + ", reason: " + c.args[0] + "..."
				}
				return "Closing all connections in vhost " + c.vhost() + ", reason: " + c.args[0] + "..."
			},
		},
		{
			name: "close_all_user_connections", usage: "close_all_user_connections <username> <explanation>", min: 2, max: 2,
			banner: func(c *call) string {
				return "Closing connections of user " + c.args[0] + ", reason: " + c.args[1] + "..."
			},
			run: func(ctx context.Context, c *call) (answer, error) {
				_, err := c.closeThose(ctx, c.args[1], 0, func(user, _, _ string) bool { return user != "" && user == c.args[0] })
				return answer{}, err
			},
		},
	}
}

// closeConnection takes a connection's name, where the official tool takes a process identifier, which the API never
// tells.
func closeConnection(ctx context.Context, c *call) (answer, error) {
	if strings.HasPrefix(c.args[0], "<") {
		return answer{}, no(fail.Unavailable,
			"the HTTP API knows connections by name, not by process identifier\n  next: %s list_connections name shows the names", c.tool)
	}
	if err := addressable(c.args[0]); err != nil {
		return answer{}, err
	}
	err := c.client.CloseConnection(ctx, c.args[0], c.args[1])
	if broker.IsNotFound(err) {
		return answer{}, no(fail.Unavailable,
			"there is no connection named %s\n  next: %s list_connections name shows the names", c.args[0], c.tool)
	}
	return answer{}, err
}

func closeAll(ctx context.Context, c *call) (answer, error) {
	limit, _ := strconv.Atoi(c.option("limit", "0"))
	wanted := func(_, vhost, _ string) bool { return vhost != "" && vhost == c.vhost() } // one that logs in has none yet
	if c.line.on("global") {
		limit, wanted = 0, func(_, _, node string) bool { return node == c.node }
	}
	closed, err := c.closeThose(ctx, c.args[0], limit, wanted)
	return answer{text: fmt.Sprintf("Closed %d connections", closed)}, err
}

// closeThose closes the connections that are wanted, at most limit where that is above 0, and tells how many. The
// listing lacks those of the last seconds.
func (c *call) closeThose(ctx context.Context, reason string, limit int,
	wanted func(user, vhost, node string) bool) (int, error) {
	var names []string
	for row, err := range c.client.Connections(ctx, []record.Column{{Name: "name"}, {Name: "user"}, {Name: "vhost"},
		{Name: "node"}}) {
		if err != nil {
			return 0, err
		}
		if wanted(row[1].Text(), row[2].Text(), row[3].Text()) && (limit <= 0 || len(names) < limit) {
			names = append(names, row[0].Text())
		}
	}
	delay, _ := strconv.Atoi(c.option("per-connection-delay", "0"))
	closed := 0
	for i, name := range names {
		if i > 0 && delay > 0 {
			if err := c.app.Sleep(ctx, time.Duration(delay)*time.Millisecond); err != nil {
				return closed, err
			}
		}
		err := c.client.CloseConnection(ctx, name, reason)
		switch {
		case broker.IsNotFound(err): // it has gone by itself
		case err != nil:
			return closed, fmt.Errorf("after %d of %d connections: %w", closed, len(names), err)
		default:
			closed++
		}
	}
	return closed, nil
}
