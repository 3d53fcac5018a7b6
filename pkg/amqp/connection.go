// Package amqp is how programs of this project speak AMQP 0-9-1 with a broker: connections that are opened and closed
// in bounded time and tell when the broker blocks them, and what the broker says of published messages.
package amqp

import (
	"context"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Endpoint says where to connect and under which name.
type Endpoint struct {
	URL string // amqp://user:password@host:port, with or without a virtual host
	// VHost overrides the URL's virtual host; empty leaves that, which is "/" when it has none.
	VHost string
	// Name is shown as the connection's user-provided name.
	Name string
	// Heartbeat is the interval asked for; 0 leaves the broker's.
	Heartbeat time.Duration
}

// Connection is an open connection.
type Connection struct {
	*amqp091.Connection
	// Closed receives why the broker closed the connection, and is closed with it.
	Closed  <-chan *amqp091.Error
	socket  net.Conn
	blocked atomic.Bool
}

// dialLimit is how long a connection may take to open, its handshake included.
const dialLimit = time.Minute

// Dial opens a connection. onBlocked is called when the broker blocks it, with the reason, and when it no longer does.
func (e Endpoint) Dial(ctx context.Context, onBlocked func(active bool, reason string)) (*Connection, error) {
	c := &Connection{}
	properties := amqp091.NewConnectionProperties()
	if e.Name != "" {
		properties.SetClientConnectionName(e.Name)
	}
	letGo := func() bool { return true }
	conn, err := amqp091.DialConfig(e.URL, amqp091.Config{
		Vhost:      e.VHost,
		Properties: properties,
		Heartbeat:  e.Heartbeat,
		Dial: func(network, address string) (net.Conn, error) {
			socket, err := (&net.Dialer{Timeout: dialLimit}).DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			c.socket = socket
			// The client's handshake knows no context.
			letGo = context.AfterFunc(ctx, func() { socket.Close() })
			// The client takes the deadline away when the handshake is over.
			return socket, socket.SetDeadline(time.Now().Add(dialLimit))
		},
	})
	if kept := letGo(); err != nil || !kept {
		if ended := fail.Ended(ctx); ended != nil {
			return nil, ended
		}
		return nil, fail.New(fail.Unavailable, "connecting over AMQP: %w", err)
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

// closeLimit is how long the broker may take to answer a close or a flush. It does not read from a blocked connection
// at all.
func (c *Connection) closeLimit() time.Duration {
	if c.blocked.Load() {
		return 300 * time.Millisecond
	}
	return 5 * time.Second
}

// Within tells whether the work, which must end by itself at last, is done within the time that the broker has for a
// close.
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

// Shut closes the connection in order if the broker takes part, else by force.
func (c *Connection) Shut() {
	c.Within(func() { _ = c.CloseDeadline(time.Now().Add(c.closeLimit())) })
	c.socket.Close()
}

// Reason is why the broker closed a connection or channel, in its own words.
func Reason(err *amqp091.Error) string {
	if err == nil {
		return "connection closed"
	}
	return fmt.Sprintf("%d %s", err.Code, err.Reason)
}
