package broker

import (
	"context"
	"net/http"
)

// AddMember adds a member of a quorum queue on a node; membership "" is the broker's own choice. Releases before 3.12, and brokers
// that are told to refuse it, do not offer it.
func (c *Client) AddMember(ctx context.Context, vhost, queue, node, membership string) error {
	body := map[string]string{"node": node}
	if membership != "" {
		body["membership"] = membership
	}
	return c.send(ctx, sent{method: http.MethodPost, path: Path("queues", "quorum", vhost, queue, "replicas", "add"), body: body})
}

// DeleteMember removes the member of a quorum queue on a node.
func (c *Client) DeleteMember(ctx context.Context, vhost, queue, node string) error {
	return c.send(ctx, sent{
		method: http.MethodDelete, path: Path("queues", "quorum", vhost, queue, "replicas", "delete"), body: map[string]string{"node": node},
	})
}

// RestartFederationLink restarts a link on the node that runs it.
func (c *Client) RestartFederationLink(ctx context.Context, vhost, id, node string) error {
	return c.send(ctx, sent{method: http.MethodDelete, path: Path("federation-links", "vhost", vhost, id, node, "restart")})
}

// AddSuperStream makes a super stream of so many partitions, or of one for each binding key. Releases before 4.1 do not offer it.
func (c *Client) AddSuperStream(ctx context.Context, vhost, name string, body map[string]any) error {
	return c.send(ctx, sent{method: http.MethodPut, path: Path("stream", "super-streams", vhost, name), body: body})
}

// DeleteExchange removes an exchange with its bindings. That it was not there is a Refusal with status 404.
func (c *Client) DeleteExchange(ctx context.Context, vhost, name string) error {
	return c.send(ctx, sent{method: http.MethodDelete, path: Path("exchanges", vhost, name)})
}
