package broker

import (
	"context"
	"errors"
	"io"
	"net"
	"syscall"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Elsewhere is a client for another management endpoint with this one's credentials, trust and program name. The caller
// answers for it that the endpoint is of the same cluster: the password goes there.
func (c *Client) Elsewhere(baseURL string) (*Client, error) {
	o := c.made
	o.BaseURL = baseURL
	return New(o)
}

// IsDown tells whether the error means that the node itself does not answer: nothing listens, it hangs up, or its time
// is over. A name that cannot be resolved, TLS, a proxy and a wrong password say nothing about the node.
func IsDown(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) {
		return false
	}
	var timeout net.Error
	var dns *net.DNSError
	switch fail.KindOf(err) {
	case fail.Timeout:
		return true
	case fail.Unreachable:
		if errors.As(err, &dns) {
			return false
		}
		return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF) ||
			errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &timeout) && timeout.Timeout()
	}
	return false
}
