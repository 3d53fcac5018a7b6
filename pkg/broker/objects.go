package broker

import (
	"context"
	"net/url"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Connection returns the connection of that name, with everything that the API reports of it.
func (c *Client) Connection(ctx context.Context, name string) (record.Value, error) {
	return c.value(ctx, Path("connections", name), nil, objectNamed(name))
}

// Node returns the node of that name, with the use of its memory. A member of the cluster that does not run is returned
// without figures.
func (c *Client) Node(ctx context.Context, name string) (record.Value, error) {
	return c.value(ctx, Path("nodes", name), url.Values{"memory": {"true"}}, objectNamed(name))
}

// User returns one user, with everything that the API reports of it, including the hash of the password.
func (c *Client) User(ctx context.Context, name string) (record.Value, error) {
	return c.value(ctx, Path("users", name), nil, objectNamed(name))
}

// NodeMemory returns what a node uses its memory for.
func (c *Client) NodeMemory(ctx context.Context, node string) (record.Value, error) {
	return c.value(ctx, Path("nodes", node, "memory"), nil, objectWith("memory"))
}

// Environment returns the configuration of every application of the node, as Erlang prints it. Before 3.10.13, and on
// 3.11.0 to 3.11.4, IsNotOffered holds for the error.
func (c *Client) Environment(ctx context.Context) (string, error) {
	text, err := c.text(ctx, Path("config", "effective"))
	if IsNotFound(err) {
		return "", c.NotOffered("the environment of a node").
			Next("releases since 3.11.5 have it, and those of 3.10 since 3.10.13; for this release: ").Do(fail.SeeEnvironment)
	}
	return text, err
}

// Brief returns the overview without counts: which node answers, its versions, the cluster's name. It is cheap on a
// cluster of any size.
func (c *Client) Brief(ctx context.Context) (record.Value, error) {
	return c.value(ctx, Path("overview"), url.Values{"disable_stats": {"true"}}, overviewObject())
}
