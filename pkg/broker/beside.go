package broker

import (
	"context"
	"crypto/tls"
	"net"
	"strings"
)

// Login is how this client presents itself, for callers that speak another protocol with the same broker.
type Login struct {
	Username, Password string
	// TLS is a copy of the TLS settings: the trusted authorities and the client certificate.
	TLS *tls.Config
	// Dial opens a connection through the client's Wire.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Encrypted means that the management API is asked over TLS.
	Encrypted bool
}

// MayChange asks whether something may be changed. The client itself asks before each request that changes something.
// A caller that changes something by another protocol, such as AMQP, has to call MayChange first.
func (c *Client) MayChange(ctx context.Context) error {
	if c.made.MayChange == nil {
		return nil
	}
	return c.made.MayChange(ctx)
}

// Login returns the login of this client. If no request was sent yet, it first asks for the credentials.
func (c *Client) Login(ctx context.Context) (Login, error) {
	l := Login{TLS: &tls.Config{MinVersion: tls.VersionTLS12}, Dial: c.network.DialContext,
		Encrypted: strings.HasPrefix(c.base, "https:")}
	if c.made.TLS != nil {
		l.TLS = c.made.TLS.Clone()
	}
	var err error
	l.Username, l.Password, err = c.who.credentials(ctx)
	return l, err
}
