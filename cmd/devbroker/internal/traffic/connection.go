// Package traffic makes AMQP traffic for tests: publishers, consumers, idle connections and churn. All traffic is
// bounded, and lines on stdout say what the broker did.
package traffic

import (
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Endpoint says where to connect and under which name.
type Endpoint struct {
	URL string // amqp://user:password@host:port, with or without a virtual host
	// VHost overrides the URL's virtual host; empty leaves that, which is "/" when it has none.
	VHost string
	// Name is shown as the connection's user-provided name.
	Name string
	// Heartbeat is the requested interval; 0 means that of the broker.
	Heartbeat time.Duration
}

// Lines writes whole lines from several goroutines.
type Lines struct {
	mu  sync.Mutex
	out io.Writer
	err error
}

// NewLines writes to out.
func NewLines(out io.Writer) *Lines { return &Lines{out: out} }

// Printf writes one line.
func (l *Lines) Printf(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, err := fmt.Fprintf(l.out, format+"\n", args...); err != nil && l.err == nil {
		l.err = err
	}
}

// Err is the first error of a write, for example because the reader closed the pipe.
func (l *Lines) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// link is an open connection.
type link struct {
	*amqp.Connection
	socket  net.Conn
	closed  chan *amqp.Error
	blocked atomic.Bool
}

// dialLimit is the time for a connection to open, including its handshake.
const dialLimit = time.Minute

// dial opens a connection that prints `blocked: REASON` and `unblocked` when the broker says so.
func (e Endpoint) dial(lines *Lines) (*link, error) {
	l := &link{closed: make(chan *amqp.Error, 1)}
	properties := amqp.NewConnectionProperties()
	if e.Name != "" {
		properties.SetClientConnectionName(e.Name)
	}
	conn, err := amqp.DialConfig(e.URL, amqp.Config{
		Vhost:      e.VHost,
		Properties: properties,
		Heartbeat:  e.Heartbeat,
		Dial: func(network, addr string) (net.Conn, error) {
			socket, err := amqp.DefaultDial(dialLimit)(network, addr)
			l.socket = socket
			return socket, err
		},
	})
	if err != nil {
		return nil, fail.New(fail.Unavailable, "connecting over AMQP: %w", err)
	}
	l.Connection = conn
	conn.NotifyClose(l.closed)
	blocked := conn.NotifyBlocked(make(chan amqp.Blocking, 16))
	go func() {
		for b := range blocked {
			l.blocked.Store(b.Active)
			if b.Active {
				lines.Printf("blocked: %s", b.Reason)
			} else {
				lines.Printf("unblocked")
			}
		}
	}()
	return l, nil
}

// closeLimit is the time for the broker to answer a close or a flush. It does not read from a blocked connection
// at all.
func (l *link) closeLimit() time.Duration {
	if l.blocked.Load() {
		return 300 * time.Millisecond
	}
	return 5 * time.Second
}

// within reports whether the work ends within the close limit. The work must end at some time by itself.
func (l *link) within(work func()) bool {
	done := make(chan struct{})
	go func() {
		work()
		close(done)
	}()
	select {
	case <-done:
		return true
	case <-time.After(l.closeLimit()):
		return false
	}
}

// shut closes the connection cleanly if the broker answers, and else by force.
func (l *link) shut() {
	l.within(func() { _ = l.CloseDeadline(time.Now().Add(l.closeLimit())) })
	l.socket.Close()
}

// reason is why the broker closed a connection or channel, in its own words.
func reason(err *amqp.Error) string {
	if err == nil {
		return "connection closed"
	}
	return fmt.Sprintf("%d %s", err.Code, err.Reason)
}
