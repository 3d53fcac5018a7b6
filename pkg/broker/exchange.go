package broker

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Exchange is one exchange, everything that the API knows of it.
func (c *Client) Exchange(ctx context.Context, vhost, name string) (record.Value, error) {
	return c.value(ctx, Path("exchanges", vhost, name), nil, objectIn(vhost, name))
}
