package broker

import (
	"context"
	"net/url"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Connection is one connection by its name, everything that the API knows of it.
func (c *Client) Connection(ctx context.Context, name string) (record.Value, error) {
	return c.value(ctx, Path("connections", name), nil)
}

// Node is one node by its name, with what its memory is used for. One that is a member and does not run is there, without
// figures.
func (c *Client) Node(ctx context.Context, name string) (record.Value, error) {
	return c.value(ctx, Path("nodes", name), url.Values{"memory": {"true"}})
}

// User is one user, everything that the API knows of it; that is its password's hash too.
func (c *Client) User(ctx context.Context, name string) (record.Value, error) {
	return c.value(ctx, Path("users", name), nil)
}
