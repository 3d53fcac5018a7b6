package broker

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Elsewhere returns a client for another management endpoint, with the credentials, trust and program name of this
// client. The caller must make sure that the endpoint belongs to the same cluster, because the password goes there.
func (c *Client) Elsewhere(baseURL string) (*Client, error) {
	o := c.made
	o.BaseURL = baseURL
	return New(o)
}

// Beside returns a client for another host, with the port, path and credentials of this client: for the API of another
// node of the same cluster. It sends the credentials there, so the host must be one that this endpoint has named.
func (c *Client) Beside(host string) (*Client, error) {
	u, err := url.Parse(c.base)
	if err != nil {
		return nil, fail.New(fail.Config, "not the URL of a management API: %w", err)
	}
	if port := u.Port(); port != "" {
		host = net.JoinHostPort(host, port)
	}
	u.Host = host
	return c.Elsewhere(u.String())
}

// As returns a client for the same endpoint and another user.
func (c *Client) As(username, password string) *Client {
	o := c.made
	o.Username = username
	o.Credentials = func(context.Context) (string, string, error) { return username, password, nil }
	// New has accepted this URL before.
	other, _ := New(o)
	return other
}

// IsDown reports whether the error means that the node itself does not answer: nothing listens, it closes the
// connection, or the time is over. Errors about a host name, TLS, a proxy or a password say nothing about the node.
func IsDown(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) || failedAtProxy(err) {
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
		return isRefused(err) || isReset(err) || errors.Is(err, io.EOF) ||
			errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &timeout) && timeout.Timeout()
	}
	return false
}
