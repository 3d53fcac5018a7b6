package erldist

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

var (
	errTLS    = errors.New("it answers with a TLS alert")
	errLength = errors.New("it sends too long a packet")
)

// printable returns at most 80 bytes of a text from the other side, with ? in place of characters that are not
// printable ASCII.
func printable(s string) string {
	const most = 80
	if len(s) > most {
		s = s[:most]
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s)
}

// known returns err if it is already a fail.Error, or the error of a context that has ended; nil in any other case.
func (t Target) known(ctx context.Context, err error) error {
	var ours *fail.Error
	if errors.As(err, &ours) {
		return ours
	}
	return ended(ctx, t.Node)
}

// ended returns the error if the context ended while we waited for a node; nil while the context goes on. A connection
// can have the same deadline as its context, and fail a moment before the context ends; so a deadline that has passed
// counts, too.
func ended(ctx context.Context, node string) error {
	end, ok := ctx.Deadline()
	if ctx.Err() == nil && !(ok && time.Until(end) <= 0) {
		return nil
	}
	if err := fail.Ended(ctx); fail.KindOf(err) == fail.Canceled {
		return err
	}
	return fail.New(fail.Timeout, "node %s did not answer: %w", node, context.DeadlineExceeded).Do(fail.WaitLonger)
}

// bare returns the cause in a network error, without the operation and the addresses, which the messages here do not
// need.
func bare(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		err = op.Err
	}
	var call *os.SyscallError
	if errors.As(err, &call) {
		return call.Err
	}
	return err
}

func unreachable(format string, args ...any) *fail.Error {
	e := fail.New(fail.Unreachable, format, args...)
	e.Err = &fail.Unreached{Over: "Erlang distribution", Err: e.Err}
	return e
}

func isLate(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }

func (t Target) epmdDown(ctx context.Context, err error) error {
	if ended := t.known(ctx, err); ended != nil {
		return ended
	}
	var unresolved *net.DNSError
	if errors.As(err, &unresolved) {
		return unreachable("the host of node %s is not found: %w", t.Node, bare(err)).
			Next("check the spelling").Do(fail.GiveNode)
	}
	return unreachable("cannot connect to epmd, which knows the ports of Erlang nodes, at %s: %w", t.epmd(),
		bare(err)).
		Next("start RabbitMQ if it is down").Do(fail.GiveNodePort)
}

func (t Target) epmdSilent(ctx context.Context) error {
	if ended := ended(ctx, t.Node); ended != nil {
		return ended
	}
	return unreachable("%s does not answer as epmd does", t.epmd()).Do(fail.GiveNodePort)
}

// closed returns the error for a node to which no connection can be made at its port.
func (t Target) closed(ctx context.Context, port int, err error) error {
	if ended := t.known(ctx, err); ended != nil {
		return ended
	}
	e := unreachable("node %s does not accept connections at %s: %w", t.Node, t.address(port), bare(err))
	if errors.Is(err, syscall.ECONNREFUSED) && t.Port == 0 {
		return e.Next("epmd names that port for the node: a firewall or container keeps it closed from here, the " +
			"node listens on another address, or it has just stopped")
	}
	return e.Next("check that the node runs, its port, and the network between this machine and the node")
}

// silent returns the error for a handshake in which the node did not answer in time, broke off, or sent a TLS alert or
// too long a packet.
func (t Target) silent(ctx context.Context, err error) error {
	if ended := t.known(ctx, err); ended != nil {
		return ended
	}
	switch {
	case isAlert(err):
		return t.tlsRefused(err)
	case isLate(err) && t.TLS != nil:
		return unreachable("node %s agrees on TLS, but does not answer within %s: it hangs", t.Node,
			t.patience()).
			Next("look at the process and the log on its machine")
	case errors.Is(err, errTLS):
		return unreachable("node %s speaks Erlang distribution over TLS only", t.Node).
			Do(fail.UseTLSDistribution)
	case isLate(err):
		return unreachable("node %s accepts the connection, but does not answer within %s: it hangs, or its "+
			"distribution is over TLS", t.Node, t.patience()).
			Next("look at the process and the log on its machine").Do(fail.UseTLSDistribution)
	case t.TLS != nil:
		return unreachable("node %s breaks off the handshake: %w", t.Node, bare(err)).
			Next("the node's log says why")
	}
	return unreachable("node %s breaks off the handshake: %w", t.Node, bare(err)).
		Next("the node's log says why").Do(fail.UseTLSDistribution)
}

// tlsFailed returns the error for a failed TLS handshake.
func (t Target) tlsFailed(ctx context.Context, err error) error {
	if ended := t.known(ctx, err); ended != nil {
		return ended
	}
	var unverified *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	if errors.As(err, &unverified) || errors.As(err, &unknown) {
		return unreachable("the certificate of node %s is not trusted: %w", t.Node, err).
			Do(fail.CheckAuthority)
	}
	switch {
	case isAlert(err):
		return t.tlsRefused(err)
	case isLate(err):
		// A node without TLS takes our TLS bytes for the beginning of a long packet, and waits for the rest.
		return unreachable("node %s accepts the connection, but does not answer in TLS within %s: it hangs, "+
			"or its distribution is without TLS", t.Node, t.patience()).
			Next("look at the process and the log on its machine").Do(fail.LeaveTLSDistribution)
	}
	return unreachable("node %s does not speak TLS on this port: %w", t.Node, bare(err)).
		Next("its log says more").Do(fail.LeaveTLSDistribution)
}

// isAlert reports whether the error is a TLS alert that the node sent. With TLS 1.3, an alert about our certificate
// comes only after our side has completed the handshake.
func isAlert(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error"
}

func (t Target) tlsRefused(err error) error {
	return unreachable("node %s refuses the certificate of rabbitctl, or has no TLS version or cipher suite in common with it: %w", t.Node, bare(err)).
		Next("its log says which").Do(fail.CheckCertificates)
}

func (t Target) strange(format string, args ...any) error {
	return unreachable("what answers for node %s is not an Erlang node of release 23 or later: "+format,
		append([]any{t.Node}, args...)...).Do(fail.GiveNodePort)
}

func (t Target) refused(status string) error {
	return unreachable("node %s refuses the connection: %s", t.Node, status).
		Next("the node's log says why")
}

func (t Target) otherName(node erlang.Atom) error {
	return unreachable("the node there calls itself %s, not %s", printable(string(node)), t.Node).
		Do(fail.GiveThatNode, printable(string(node)))
}

func (t Target) cookieRefused(ctx context.Context, err error, node erlang.Atom, from string) error {
	if ended := t.known(ctx, err); ended != nil {
		return ended
	}
	if isLate(err) {
		return t.silent(ctx, err)
	}
	return fail.New(fail.Denied, "node %s has another Erlang cookie than the one from %s", printable(string(node)), from).
		Do(fail.GiveCookie)
}

// impostor returns the error for a node that accepted us, but cannot prove that it knows the cookie itself.
func (t Target) impostor(node erlang.Atom) error {
	return fail.New(fail.Denied, "what answers as node %s does not know the Erlang cookie: it may be another program that "+
		"took the node's name, and nothing was sent to it", printable(string(node))).Do(fail.GiveCookie)
}
