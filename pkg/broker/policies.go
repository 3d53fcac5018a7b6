package broker

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Policy is the definition of a policy: keys such as message-ttl and their values.
func (c *Client) Policy(ctx context.Context, vhost, name string) (record.Value, error) {
	return c.value(ctx, Path("policies", vhost, name), nil)
}

// OperatorPolicy is the definition of an operator policy.
func (c *Client) OperatorPolicy(ctx context.Context, vhost, name string) (record.Value, error) {
	return c.value(ctx, Path("operator-policies", vhost, name), nil)
}

// Exchange is one exchange, everything that the API knows of it.
func (c *Client) Exchange(ctx context.Context, vhost, name string) (record.Value, error) {
	return c.value(ctx, Path("exchanges", vhost, name), nil)
}
