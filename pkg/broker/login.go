package broker

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Accepts tells whether the broker lets a user into the management API with a password. It is false whenever the broker
// refuses the user: for a wrong password, without a tag that opens the API, and for a user who may log in only on the
// broker's host. The broker counts and logs a refusal.
func (c *Client) Accepts(ctx context.Context, username, password string) (bool, error) {
	_, err := c.As(username, password).Whoami(ctx)
	switch fail.KindOf(err) {
	case "":
		return true, nil
	case fail.Denied:
		return false, nil
	}
	return false, err
}

// Clock returns the broker's time, to the second, from the header Date of an answer. A proxy in between may put its own
// time there. The zero time means that the answer has no valid Date.
func (c *Client) Clock(ctx context.Context) (time.Time, error) {
	resp, err := c.get(ctx, Path("whoami"), nil)
	if err != nil {
		return time.Time{}, err
	}
	if _, err := c.read(ctx, resp, objectWith("name")); err != nil {
		return time.Time{}, err
	}
	at, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return time.Time{}, nil
	}
	return at, nil
}

// Loopback tells whether the host in the address of the endpoint is a loopback address or localhost.
func (c *Client) Loopback() bool {
	u, err := url.Parse(c.base)
	return err == nil && isLoopback(u.Hostname())
}

// SameMachine tells whether the endpoint is on this machine: its host is a loopback address, or a connection to it has
// the same address at both ends. Only then a loopback address that the broker reports can be reached from here.
func (c *Client) SameMachine(ctx context.Context) bool {
	if c.Loopback() {
		return true
	}
	u, err := url.Parse(c.base)
	if err != nil {
		return false
	}
	port := u.Port()
	if port == "" {
		port = u.Scheme
	}
	conn, err := c.network.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return false
	}
	defer conn.Close()
	here, ok := conn.LocalAddr().(*net.TCPAddr)
	there, known := conn.RemoteAddr().(*net.TCPAddr)
	return ok && known && here.IP.Equal(there.IP)
}
