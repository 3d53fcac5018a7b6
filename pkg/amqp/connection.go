// Package amqp connects to brokers over AMQP 0-9-1. It opens and closes connections in bounded time, reports when the
// broker blocks a connection, and waits for publisher confirms.
package amqp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Endpoint says where to connect and under which name.
type Endpoint struct {
	URL string // amqp://user:password@host:port, with or without a virtual host
	// VHost overrides the URL's virtual host; empty keeps the virtual host of the URL, which is "/" if the URL names none.
	VHost string
	// Name is shown as the connection's user-provided name.
	Name string
	// Heartbeat is the interval that the client proposes; 0 proposes the 10 s of amqp091. A heartbeat in the URL overrides
	// it. If the broker proposes a shorter interval, the shorter one is used.
	Heartbeat time.Duration
	// Product and Version say in the broker's listing which program this is; if they are empty, the library's are shown.
	Product, Version string
	// Login, where its user is not empty, overrides the URL's user and password.
	Login amqp091.PlainAuth
	// TLS is used for amqps. If it is nil, the certificate authorities in the file cacertfile of the URL are trusted, and
	// without such a file those of the system.
	TLS *tls.Config
	// Reach opens the network connection; nil means net.Dialer.
	Reach func(ctx context.Context, network, address string) (net.Conn, error)
}

// Connection is an open connection that knows why the broker closed it.
type Connection struct {
	*amqp091.Connection
	// Closed receives the reason if the broker closes the connection. This Go channel is closed when the connection is
	// closed.
	Closed  <-chan *amqp091.Error
	socket  net.Conn
	blocked atomic.Bool
}

// dialLimit is how long the network connection may take to open, and then how long the handshakes may take.
const dialLimit = time.Minute

// Dial opens a connection. onBlocked is called when the broker blocks the connection, with the reason, and when the
// broker unblocks the connection.
func (e Endpoint) Dial(ctx context.Context, onBlocked func(active bool, reason string)) (*Connection, error) {
	c := &Connection{}
	letGo := func() bool { return true }
	config := e.config()
	config.Dial = func(network, address string) (net.Conn, error) {
		reach := e.Reach
		if reach == nil {
			reach = (&net.Dialer{}).DialContext
		}
		dialing, cancel := context.WithTimeout(ctx, dialLimit)
		defer cancel()
		socket, err := reach(dialing, network, address)
		if err != nil {
			return nil, err
		}
		c.socket = socket
		// The handshake of amqp091 takes no context, so the socket is closed when ctx ends.
		letGo = context.AfterFunc(ctx, func() { socket.Close() })
		// The client takes the deadline away when the handshake is over.
		return newWire(socket), socket.SetDeadline(time.Now().Add(dialLimit))
	}
	conn, err := amqp091.DialConfig(e.URL, config)
	if kept := letGo(); err != nil || !kept {
		if ended := fail.Ended(ctx); ended != nil {
			return nil, ended
		}
		return nil, e.unopened(err)
	}
	c.Connection = conn
	c.Closed = conn.NotifyClose(make(chan *amqp091.Error, 1))
	blockings := conn.NotifyBlocked(make(chan amqp091.Blocking, 16))
	go func() {
		for b := range blockings {
			c.blocked.Store(b.Active)
			onBlocked(b.Active, b.Reason)
		}
	}()
	return c, nil
}

func (e Endpoint) config() amqp091.Config {
	properties := amqp091.NewConnectionProperties()
	if e.Name != "" {
		properties.SetClientConnectionName(e.Name)
	}
	if e.Product != "" {
		properties["product"], properties["version"] = e.Product, e.Version
	}
	config := amqp091.Config{Vhost: e.VHost, Properties: properties, Heartbeat: e.Heartbeat, TLSClientConfig: e.TLS}
	if e.Login.Username != "" {
		config.SASL = []amqp091.Authentication{&e.Login}
	}
	return config
}

// unopened returns the error that says why a connection was not opened. Measured on 3.10 and 4.3: the broker answers a
// wrong password with 403, and a virtual host that does not exist or that the user has no access to with 530.
func (e Endpoint) unopened(err error) error {
	at := "the address"
	if u, odd := url.Parse(e.URL); odd == nil {
		at = u.Host
	}
	var reply *amqp091.Error
	var unreached *net.OpError
	switch {
	case errors.As(err, &reply) && reply.Code == amqp091.AccessRefused:
		return fail.New(fail.Denied, "%s refuses the user over AMQP: %w", at, err).
			Next("the same user and password are used as for the management API")
	case errors.As(err, &reply) && reply.Code == amqp091.NotAllowed:
		return fail.New(fail.Denied, "%s refuses virtual host %s over AMQP: %w", at, e.VHost, err).
			Advise(e.enter(reply.Reason))
	case errors.As(err, &unreached) && unreached.Op == "dial":
		e := fail.New(fail.Unreachable, "cannot connect to %s over AMQP: %w", at, unreached.Err)
		e.Err = &fail.Unreached{Over: "AMQP", Err: e.Err}
		return e.Do(fail.GiveAMQP)
	}
	failed := fail.New(fail.Unavailable, "connecting to %s over AMQP: %w", at, err)
	if reply == nil && !errors.As(err, new(*tls.CertificateVerificationError)) {
		return failed.Do(fail.GiveAMQP)
	}
	return failed
}

// enter returns what to do if the broker refuses the virtual host. The broker also refuses it when its limit of
// connections, or that of the user, is reached (by RabbitMQ's source): then there is no advice.
func (e Endpoint) enter(reason string) fail.Advice {
	switch {
	case strings.Contains(reason, "connection limit"):
		return nil
	case strings.Contains(reason, "refused for user") && e.Login.Username != "":
		return fail.Do(fail.GiveAccess, e.VHost, e.Login.Username)
	}
	return fail.Do(fail.SeeVHosts)
}

// closeLimit is how long the broker may take to answer a close or a flush. The time is short for a blocked connection:
// the broker reads nothing from it, and so does not answer.
func (c *Connection) closeLimit() time.Duration {
	if c.blocked.Load() {
		return 300 * time.Millisecond
	}
	return 5 * time.Second
}

// Within runs work, and reports whether it ended within closeLimit. If not, work goes on in the background, so it must
// end by itself at some time.
func (c *Connection) Within(work func()) bool {
	done := make(chan struct{})
	go func() {
		work()
		close(done)
	}()
	select {
	case <-done:
		return true
	case <-time.After(c.closeLimit()):
		return false
	}
}

// Shut closes the connection in an orderly way if the broker answers in time, else by force.
func (c *Connection) Shut() {
	c.Within(func() { _ = c.CloseDeadline(time.Now().Add(c.closeLimit())) })
	c.socket.Close()
}

// Reason returns why the broker closed a connection or channel, as the code and the words of the broker; "connection
// closed" if err is nil.
func Reason(err *amqp091.Error) string {
	if err == nil {
		return "connection closed"
	}
	return fmt.Sprintf("%d %s", err.Code, err.Reason)
}
