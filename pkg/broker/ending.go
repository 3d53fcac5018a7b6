package broker

import (
	"context"
	"net/http"
	"net/url"
)

// CloseConnection closes a connection; its client is told the reason. One that is not there is a Refusal with status 404.
func (c *Client) CloseConnection(ctx context.Context, name, reason string) error {
	return c.send(ctx, sent{method: http.MethodDelete, path: Path("connections", name), reason: reason})
}

// DeleteQueueIf deletes a queue unless messages are ready in it (ifEmpty; those that consumers hold do not count for a classic
// queue) or consumers read it (ifUnused). Quorum queues and streams refuse both conditions, with status 400.
func (c *Client) DeleteQueueIf(ctx context.Context, vhost, name string, ifEmpty, ifUnused bool) error {
	query := url.Values{}
	if ifEmpty {
		query.Set("if-empty", "true")
	}
	if ifUnused {
		query.Set("if-unused", "true")
	}
	return c.send(ctx, sent{method: http.MethodDelete, path: Path("queues", vhost, name), query: query})
}

// ResetStatistics forgets what the management plugin has counted, on one node or, where node is "", on all.
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

// DeleteShovel removes a dynamic shovel. One that is not there is a Refusal with status 404.
func (c *Client) DeleteShovel(ctx context.Context, vhost, name string) error {
	return c.send(ctx, sent{method: http.MethodDelete, path: Path("shovels", "vhost", vhost, name)})
}

// RestartShovel restarts a dynamic shovel. One that is not there is a Refusal with status 404.
func (c *Client) RestartShovel(ctx context.Context, vhost, name string) error {
	return c.send(ctx, sent{method: http.MethodDelete, path: Path("shovels", "vhost", vhost, name, "restart")})
}
