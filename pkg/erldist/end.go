package erldist

import (
	"context"
	"errors"
	"syscall"
)

// Runs reports whether the node still accepts connections at the address where it did before. Only a refused connection
// gives false; any other failure, such as a timeout, is an error.
func (c *Client) Runs(ctx context.Context) (bool, error) {
	l, err := c.connected(ctx)
	if err != nil {
		return false, err
	}
	conn, err := l.target.dial(ctx, l.target.address(l.port))
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return false, nil
	case err != nil:
		return false, l.target.closed(ctx, l.port, err)
	}
	conn.Close()
	return true, nil
}
