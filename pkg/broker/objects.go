package broker

import (
	"context"
	"net/url"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Connection is one connection by its name, everything that the API knows of it.
func (c *Client) Connection(ctx context.Context, name string) (record.Value, error) {
	return c.value(ctx, Path("connections", name), nil, objectNamed(name))
}

// Node is one node by its name, with what its memory is used for. A member of the cluster that does not run is returned
// without figures.
func (c *Client) Node(ctx context.Context, name string) (record.Value, error) {
	return c.value(ctx, Path("nodes", name), url.Values{"memory": {"true"}}, objectNamed(name))
}

// User is one user, everything that the API knows of it, including the hash of the password.
func (c *Client) User(ctx context.Context, name string) (record.Value, error) {
	return c.value(ctx, Path("users", name), nil, objectNamed(name))
}

// NodeMemory is what a node's memory is used for.
func (c *Client) NodeMemory(ctx context.Context, node string) (record.Value, error) {
	return c.value(ctx, Path("nodes", node, "memory"), nil, objectWith("memory"))
}

// Environment is the configuration of every application of the node, as Erlang prints it. For 3.10 IsNotOffered holds;
// 4.0 has it.
func (c *Client) Environment(ctx context.Context) (string, error) {
	text, err := c.text(ctx, Path("config", "effective"))
	if IsNotFound(err) {
		return "", c.NotOffered("the environment of a node").
			Next("releases since 4.0 have it; here ").Do(fail.SeeEnvironment)
	}
	return text, err
}

// Brief is the overview without what the broker counts: which node answers, its versions, the cluster's name. It is
// cheap on a cluster of any size.
func (c *Client) Brief(ctx context.Context) (record.Value, error) {
	return c.value(ctx, Path("overview"), url.Values{"disable_stats": {"true"}}, overviewObject())
}
