package broker

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/url"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Host is the host of the management API, for callers that connect to other listeners of that host.
func (c *Client) Host() string {
	u, err := url.Parse(c.base)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// Certificates returns the certificates that a TLS server at HOST:PORT sends, its own first. Nothing is verified,
// because callers look for expired certificates. A listener that demands a client certificate gets none and refuses the
// handshake, but only after it has sent its own certificates.
func (c *Client) Certificates(ctx context.Context, address string) ([]*x509.Certificate, error) {
	conn, err := c.network.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, unconnected(ctx, address, err)
	}
	defer conn.Close()
	host, _, _ := net.SplitHostPort(address)
	var chain []*x509.Certificate
	client := tls.Client(conn, &tls.Config{
		ServerName:         host,
		InsecureSkipVerify: true,
		// Old releases of Erlang may speak no newer version, and servers send their certificates in every version.
		MinVersion: tls.VersionTLS10,
		VerifyConnection: func(s tls.ConnectionState) error {
			chain = s.PeerCertificates
			return nil
		},
	})
	err = client.HandshakeContext(ctx)
	if len(chain) > 0 {
		return chain, nil
	}
	if err == nil {
		err = errors.New("it sent no certificate")
	}
	if ctx.Err() != nil {
		return nil, unconnected(ctx, address, ctx.Err())
	}
	e := fail.New(fail.Unreachable, "%s does not complete a TLS handshake: %s", address, lastPart(err.Error()))
	e.Err = err
	return nil, e
}

// Connect connects to HOST:PORT, sends nothing, and closes the connection.
func (c *Client) Connect(ctx context.Context, address string) error {
	conn, err := c.network.DialContext(ctx, "tcp", address)
	if err != nil {
		return unconnected(ctx, address, err)
	}
	return conn.Close()
}

func unconnected(ctx context.Context, address string, err error) error {
	var e *fail.Error
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return fail.InWords(context.Canceled)
	case ctx.Err() != nil:
		e = fail.New(fail.Timeout, "%s did not answer in time", address)
	default:
		e = fail.New(fail.Unreachable, "cannot connect to %s: %s", address, lastPart(err.Error()))
	}
	e.Err = err
	return e
}
