package broker

import (
	"context"
	"io"
	"net/http"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// CloseConnection closes a client's connection; the reason is what the client is told, and what stands in the broker's
// log. That it was not there is a Refusal with status 404.
func (c *Client) CloseConnection(ctx context.Context, name, reason string) error {
	target := c.base + Path("connections", name)
	req, err := http.NewRequestWithContext(ctx, http.MethodDelete, target, nil)
	if err != nil {
		return fail.New(fail.Internal, "cannot make the request %s: %w", target, err)
	}
	req.Header.Set("X-Reason", reason)
	resp, err := c.wire.RoundTrip(req)
	if err != nil {
		return c.unwrapped(err)
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
	return resp.Body.Close()
}
