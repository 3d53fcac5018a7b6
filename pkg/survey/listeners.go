package survey

import (
	"context"
	"net"
	"strings"
	"sync"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Listener is a listener of the answering node.
type Listener struct {
	Protocol string
	// Address is HOST:PORT as it can be reached from here. If the node listens on all addresses, HOST is the host that was
	// asked.
	Address string
	TLS     bool
	// Elsewhere means that Address is a loopback address of another machine, so it cannot be reached from here.
	Elsewhere bool
	// File is the file of the listener's certificate; "" if it has none, or the broker does not report it.
	File string
}

// Name returns the protocol and the address.
func (l Listener) Name() string { return l.Protocol + " " + l.Address }

// Connect returns an error if the listener cannot be reached from here.
func (l Listener) Connect(ctx context.Context, c *broker.Client) error {
	if l.Elsewhere {
		return l.notFromHere()
	}
	return c.Connect(ctx, l.Address)
}

func (l Listener) notFromHere() error {
	return fail.New(fail.Unreachable, "%s is a loopback address of the node's own machine, and cannot be reached from here",
		l.Address)
}

// Listeners returns the name of the answering node and its listeners. It needs the tag monitoring: for other users the
// API silently leaves the listeners out.
func Listeners(ctx context.Context, c *broker.Client) (node string, found []Listener, err error) {
	overview, err := c.Overview(ctx)
	if err != nil {
		return "", nil, err
	}
	return listenersIn(ctx, overview, c)
}

// listenersIn reads the listeners out of an overview that came over c.
func listenersIn(ctx context.Context, overview record.Value,
	c *broker.Client) (node string, found []Listener, err error) {
	if !overview.At("listeners").Known() {
		return "", nil, c.Hidden(ctx, "the listeners of "+c.BaseURL())
	}
	node = overview.At("node").Text()
	here := sync.OnceValue(func() bool { return c.SameMachine(ctx) })
	overview.At("listeners").Each(func(v record.Value) {
		if v.At("node").Text() != node {
			return
		}
		protocol, host := v.At("protocol").Text(), v.At("ip_address").Text()
		ip := net.ParseIP(host)
		if ip == nil || ip.IsUnspecified() {
			host = c.Host()
		}
		port, odd := broker.PortOf(v)
		if odd != nil {
			err = odd
			return
		}
		l := Listener{Protocol: protocol, Address: net.JoinHostPort(host, port),
			Elsewhere: ip != nil && ip.IsLoopback() && !here()}
		// Releases before 4.3 do not send the member tls, so read it from the name of the protocol.
		l.TLS, _ = v.At("tls").Bool()
		l.TLS = l.TLS || strings.HasSuffix(protocol, "/ssl") || strings.HasPrefix(protocol, "https")
		for _, path := range []string{"socket_opts.certfile", "socket_opts.ssl_opts.certfile"} {
			if l.File == "" {
				l.File = v.At(path).Text()
			}
		}
		found = append(found, l)
	})
	return node, found, err
}
