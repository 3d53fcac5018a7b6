package broker

import (
	"context"
	"net/http"
)

// CloseConnection closes a connection and sends the reason to its client. If there is no such connection, the error is
// a Refusal with status 404.
func (c *Client) CloseConnection(ctx context.Context, name, reason string) error {
	return c.send(ctx, sent{method: http.MethodDelete, path: Path("connections", name), reason: reason})
}

// ResetStatistics deletes the statistics of the management plugin on one node, or on all nodes if node is "".
func (c *Client) ResetStatistics(ctx context.Context, node string) error {
	path := Path("reset")
	if node != "" {
		path = Path("reset", node)
	}
	return c.send(ctx, sent{method: http.MethodDelete, path: path})
}

// ResetAuthAttempts forgets how often clients logged in at a node.
func (c *Client) ResetAuthAttempts(ctx context.Context, node string) error {
	return c.send(ctx, sent{method: http.MethodDelete, path: Path("auth", "attempts", node)})
}

// DeleteShovel removes a dynamic shovel. If there is none, the error is a Refusal with status 404.
func (c *Client) DeleteShovel(ctx context.Context, vhost, name string) error {
	return c.send(ctx, sent{method: http.MethodDelete, path: Path("shovels", "vhost", vhost, name)})
}

// RestartShovel restarts a dynamic shovel. If there is none, the error is a Refusal with status 404.
func (c *Client) RestartShovel(ctx context.Context, vhost, name string) error {
	return c.send(ctx, sent{method: http.MethodDelete, path: Path("shovels", "vhost", vhost, name, "restart")})
}
