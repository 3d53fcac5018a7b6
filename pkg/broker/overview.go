package broker

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Overview is the cluster at a glance: versions, totals, listeners, rates.
func (c *Client) Overview(ctx context.Context) (record.Value, error) {
	return c.value(ctx, Path("overview"), nil)
}

// Whoami is the user that the broker takes us for, with its tags.
func (c *Client) Whoami(ctx context.Context) (record.Value, error) {
	return c.value(ctx, Path("whoami"), nil)
}
