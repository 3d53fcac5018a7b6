// Package erldist calls functions on a node of RabbitMQ over Erlang distribution, as RabbitMQ's own tools do, without
// Erlang: it finds the node by epmd, proves the cookie, and is a hidden node without a name of its own. Whoever knows
// the cookie may do anything on the node, so every change goes through the same question as one by the management API.
package erldist

import (
	"context"
	"crypto/tls"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Target is a node and how to get there.
type Target struct {
	// Node is NAME or NAME@HOST, as the node calls itself. NAME alone is a node on this machine, whatever its HOST is.
	Node string
	// Port is where the node listens for others; 0: epmd is asked.
	Port int
	// EpmdPort is epmd's port; 0: 4369.
	EpmdPort int
	// Cookie returns the secret that all nodes of a cluster share, and where it is from. It is called once for each
	// connection.
	Cookie func(ctx context.Context) (cookie, from string, err error)
	// TLS is how a node with inter-node TLS is spoken to; nil: without.
	TLS *tls.Config
	// Plain allows another machine without TLS: the cookie cannot be read on the way, but all that is said can be.
	Plain bool
	// Note gets what people should know; nil drops it.
	Note func(text string)
	// Reach connects; nil: the network.
	Reach func(ctx context.Context, network, address string) (net.Conn, error)
	// Patience is how long a node may take to answer while a connection is made; 0: 7 s, as Erlang has it.
	Patience time.Duration
}

const (
	usualEpmdPort = 4369
	usualPatience = 7 * time.Second
	loopback      = "127.0.0.1"
)

// parts are the two sides of the node's name.
func (t Target) parts() (name, host string) {
	name, host, _ = strings.Cut(t.Node, "@")
	return name, host
}

// check refuses a name that no node can have.
func (t Target) check() error {
	name, host, at := strings.Cut(t.Node, "@")
	if name == "" || at && host == "" || strings.ContainsAny(t.Node, " /:\x00\n") || strings.Contains(host, "@") ||
		len(t.Node) > 255 {
		return fail.Usagef("%.80q is not the name of a node", t.Node).Next("write it as rabbit@HOST, or as rabbit for this " +
			"machine")
	}
	return nil
}

// is tells whether the node that answers is the one that was asked for.
func (t Target) is(node erlang.Atom) bool {
	if _, host := t.parts(); host != "" {
		return string(node) == t.Node
	}
	name, _, _ := strings.Cut(string(node), "@")
	return name == t.Node
}

func (t Target) address(port int) string {
	_, host := t.parts()
	if host == "" {
		host = loopback
	}
	return net.JoinHostPort(host, strconv.Itoa(port))
}

func (t Target) epmd() string {
	if t.EpmdPort != 0 {
		return t.address(t.EpmdPort)
	}
	return t.address(usualEpmdPort)
}

func (t Target) patience() time.Duration {
	if t.Patience > 0 {
		return t.Patience
	}
	return usualPatience
}

// dial opens a connection that ends with the context.
func (t Target) dial(ctx context.Context, address string) (net.Conn, error) {
	reach := t.Reach
	if reach == nil {
		reach = (&net.Dialer{}).DialContext
	}
	conn, err := reach(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	if t.TLS == nil && !t.Plain && !isHere(conn) {
		conn.Close()
		return nil, fail.New(fail.Config, "%s is another machine, and Erlang distribution without TLS can be read and "+
			"changed on the way", address).Do(fail.SecureDistribution)
	}
	deadline := time.Now().Add(t.patience())
	if end, ok := ctx.Deadline(); ok && end.Before(deadline) {
		deadline = end
	}
	if err := conn.SetDeadline(deadline); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

// isHere tells a connection within this machine: over loopback, or from one of its addresses to the same one.
func isHere(conn net.Conn) bool {
	there, ok := conn.RemoteAddr().(*net.TCPAddr)
	if !ok {
		return true // a pipe or a socket of the file system
	}
	here, ok := conn.LocalAddr().(*net.TCPAddr)
	return there.IP.IsLoopback() || ok && here.IP.Equal(there.IP)
}
