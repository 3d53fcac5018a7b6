// Package erldist calls functions on a node of RabbitMQ over Erlang distribution, as RabbitMQ's own tools do, without
// Erlang: it finds the node by epmd, proves that it knows the cookie, and is a hidden node without a name of its own.
// Anyone who knows the cookie may do anything on the node, so every change needs the same confirmation as a change by
// the management API.
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

// Target says which node to connect to, and how.
type Target struct {
	// Node is NAME or NAME@HOST, as the node names itself. NAME alone means a node on this machine, whatever its HOST is.
	Node string
	// Port is the port at which the node listens; 0 means that epmd is asked for it.
	Port int
	// EpmdPort is epmd's port; 0 means 4369.
	EpmdPort int
	// Cookie returns the secret that all nodes of a cluster share, and says where it comes from. It is called once for
	// each connection.
	Cookie func(ctx context.Context) (cookie, from string, err error)
	// TLS is the configuration for a node with inter-node TLS; nil means a connection without TLS.
	TLS *tls.Config
	// Plain allows a connection to another machine without TLS. Everything but the cookie can then be read on the way.
	Plain bool
	// Note receives warnings for people; nil drops them.
	Note func(text string)
	// Reach opens a connection; nil means to use the network.
	Reach func(ctx context.Context, network, address string) (net.Conn, error)
	// Patience is how long epmd may take to answer, and how long the handshake with the node may take, each from the
	// moment when the TCP connection is open; 0 means 7 s, as in Erlang.
	Patience time.Duration
}

const (
	usualEpmdPort = 4369
	usualPatience = 7 * time.Second
	loopback      = "127.0.0.1"
)

// parts returns the two parts of the node's name.
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

// is reports whether the node that answers is the one that was asked for.
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

// dial opens a connection with a deadline: the end of the patience, or the context's deadline if that is earlier.
// Without TLS and Plain, it refuses a connection to another machine.
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

// isHere reports whether a connection stays on this machine: it is over loopback, or both ends have the same address.
func isHere(conn net.Conn) bool {
	there, ok := conn.RemoteAddr().(*net.TCPAddr)
	if !ok {
		return true // a pipe or a socket of the file system
	}
	here, ok := conn.LocalAddr().(*net.TCPAddr)
	return there.IP.IsLoopback() || ok && here.IP.Equal(there.IP)
}
