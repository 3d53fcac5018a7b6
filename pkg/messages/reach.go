package messages

import (
	"context"
	"errors"
	"net"
	"time"

	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/rabbitctl/rabbitctl/pkg/amqp"
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
)

// heartbeat is the heartbeat timeout that this program proposes to the broker. The client then sends a heartbeat after
// half of this time without other traffic. If this machine or the network fails, the broker notices it after two to
// three times this time. If only the program ends, the broker notices it at once, because the connection is closed.
const heartbeat = 10 * time.Second

// Program says which program connects.
type Program struct {
	// Command is the name of the command, and Version is the version of the program.
	Command, Version string
	// URL is the AMQP address that a person gave, without a user; with "", Reach finds the address.
	URL string
}

// Reach finds the AMQP address of the broker that the client asks, and the login for it. The host is the host of the
// management API, since brokers report the address of a listener as they see it (3.10 reports :: for a listener on
// 127.0.0.1). The port is that of a listener of the node that answers. Reach prefers TLS, unless nothing leaves this
// machine, and never falls back from TLS. The broker shows no listeners to a user without the tag monitoring: then the
// port is the usual one.
func Reach(ctx context.Context, c *broker.Client, p Program, vhost string) (amqp.Endpoint, error) {
	login, err := c.Login(ctx)
	if err != nil {
		return amqp.Endpoint{}, err
	}
	e := amqp.Endpoint{URL: p.URL, VHost: vhost, Name: "rabbitctl " + p.Command, Heartbeat: heartbeat,
		Product: "rabbitctl", Version: p.Version, TLS: login.TLS, Reach: login.Dial,
		Login: amqp091.PlainAuth{Username: login.Username, Password: login.Password}}
	if p.URL == "" {
		e.URL, err = listenerOf(ctx, c, login.Encrypted)
	}
	return e, err
}

// ReachToChange is Reach for a command that changes something: it checks first whether changes are allowed.
func ReachToChange(ctx context.Context, c *broker.Client, p Program, vhost string) (amqp.Endpoint, error) {
	if err := c.MayChange(ctx); err != nil {
		return amqp.Endpoint{}, err
	}
	return Reach(ctx, c, p, vhost)
}

// errNoListener is the cause of the error if the node has no listener that may be used.
var errNoListener = errors.New("no AMQP listener")

// Unreached reports whether an error means that the broker cannot be reached over AMQP from here.
func Unreached(err error) bool {
	return fail.KindOf(err) == fail.Unreachable || errors.Is(err, errNoListener)
}

// listenerOf returns the address of an AMQP listener of the node that answers.
func listenerOf(ctx context.Context, c *broker.Client, encrypted bool) (string, error) {
	var plain, secure string
	_, listeners, err := survey.Listeners(ctx, c)
	switch {
	case fail.KindOf(err) == fail.Denied && encrypted:
		secure = "5671"
	case fail.KindOf(err) == fail.Denied:
		plain = "5672"
	case err != nil:
		return "", err
	}
	for _, l := range listeners {
		_, port, _ := net.SplitHostPort(l.Address)
		switch {
		case l.Protocol == "amqp" && plain == "":
			plain = port
		case l.Protocol == "amqp/ssl" && secure == "":
			secure = port
		}
	}
	switch {
	case plain != "" && !encrypted && c.Loopback():
		return address("amqp", c, plain), nil
	case secure != "":
		return address("amqps", c, secure), nil
	case plain != "" && encrypted:
		return "", noListener("the API at %s uses TLS, but its node has no AMQP listener with TLS", c.BaseURL()).
			Next("--amqp-url %s sends the password unencrypted", address("amqp", c, plain))
	case plain != "":
		return address("amqp", c, plain), nil
	}
	return "", noListener("the node that answers at %s has no AMQP listener", c.BaseURL()).
		Next("rabbitctl listeners shows what it has").Do(fail.GiveAMQP)
}

func noListener(format, at string) *fail.Error {
	e := fail.New(fail.Unavailable, format, at)
	e.Err = errNoListener
	return e
}

func address(scheme string, c *broker.Client, port string) string {
	return scheme + "://" + net.JoinHostPort(c.Host(), port)
}
