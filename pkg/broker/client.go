// Package broker is the client of the RabbitMQ management HTTP API.
//
// Changes go through rabbit-hole where its calls can send all that is needed (see sent). Objects are read as the broker
// sends them, since rabbit-hole's structs drop members that they do not know, and show an absent number as 0; listings
// are streamed. All share one transport chain that carries the context, authenticates, traces, and turns every failure
// into one fail.Error. The package knows nothing of commands or of output.
package broker

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	rabbithole "github.com/michaelklishin/rabbit-hole/v2"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Options say where a broker is and who asks.
type Options struct {
	// BaseURL is scheme, host, port and path prefix, without /api, without a slash at its end, and without a user.
	BaseURL string
	// Username is the user's name, for messages; "" when only Credentials knows it.
	Username string
	// Credentials is asked for the user and the password before the first request, and again only after it returned an
	// error. nil means Username and an empty password.
	Credentials func(context.Context) (username, password string, err error)
	// TLS is used for an https BaseURL; nil means the system's roots.
	TLS *tls.Config
	// Proxy says which proxy a request goes through; nil means the proxy of the environment variables, and none for
	// loopback addresses.
	Proxy func(*http.Request) (*url.URL, error)
	// Wire is where requests and connections leave this program; nil means the network. A Wire does TLS by itself.
	Wire Wire
	// UserAgent names the program, for the broker's access log.
	UserAgent string
	// MayChange is called before each request that changes something. If it returns an error, the request is not sent. nil
	// allows every request.
	MayChange func(context.Context) error
	// LookUp is how long the client looks whether a change with a lost answer was made, even after the end of the context;
	// 0 means five seconds.
	LookUp time.Duration
	// Note, if not nil, gets what a person should know beside the answer. Names in it are as the broker sent them.
	Note func(text string)
	// Trace, where not nil, receives a line for each request and each answer. No secret is ever written to it.
	Trace io.Writer
}

// Client talks to one management endpoint. It is safe for concurrent use and dials nothing until the first request.
type Client struct {
	base string
	who  *identity
	wire http.RoundTripper
	// bare is for GET requests to servers other than the management API. It sends no credentials and does not classify
	// errors. Unlike wire, it neither asks MayChange before a change nor looks up the outcome of a lost one.
	bare http.RoundTripper
	// network is where requests and connections leave this program.
	network Wire
	// paths knows whether paths reach the broker as they are sent.
	paths *paths
	// made holds the options of New.
	made Options
	// vigil finds out whether requests wait for a silent node; nil means that this is not checked.
	vigil *vigil
	// settled is when it was last found that a change with a lost answer had been made, in nanoseconds; 0 means never.
	settled atomic.Int64
}

// New makes a client. The error is about BaseURL only.
func New(o Options) (*Client, error) {
	u, err := url.Parse(o.BaseURL)
	if err != nil || u.Host == "" || u.User != nil || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, fail.New(fail.Config, "not the URL of a management API").Next("write it as http://HOST:15672")
	}
	base := strings.TrimSuffix(o.BaseURL, "/")
	if o.Proxy == nil {
		o.Proxy = http.ProxyFromEnvironment
	}
	if o.LookUp == 0 {
		o.LookUp = 5 * time.Second
	}
	network := o.Wire
	if network == nil {
		network = newTCP(o, u)
	}
	var wire http.RoundTripper = network
	if o.Trace != nil {
		wire = &tracer{next: wire, out: o.Trace}
	}
	wire = &again{next: wire}
	bare := wire
	who := &identity{username: o.Username, ask: o.Credentials}
	wire = &authenticator{next: wire, who: who, userAgent: o.UserAgent}
	wire = &classifier{next: wire, base: base, who: who, route: o.Proxy, network: network}
	plain := &Client{base: base, who: who, wire: wire, bare: bare, network: network, made: o}
	plain.paths = &paths{plain: plain}
	lost := &afterLoss{next: wire}
	wire = &doubter{next: lost, paths: plain.paths, plain: plain}
	wire = &gate{next: wire, base: base, open: o.MayChange}
	lost.client = &Client{base: base, who: who, wire: wire, bare: bare, network: network, paths: plain.paths, made: o}
	lost.client.vigil = &vigil{client: lost.client}
	return lost.client, nil
}

// BaseURL is the endpoint, for messages; it holds no credentials.
func (c *Client) BaseURL() string { return c.base }

// Username is the user's name; "" before the first request if only the credentials have it.
func (c *Client) Username() string { return c.who.name() }

// Addressable tells whether a path of the API can have the name in it. If the name is empty, "." or "..", the broker
// acts on another object, or even on all objects of the kind, whether the name is escaped or not (measured on 3.10, 4.0
// and 4.3).
func Addressable(name string) bool { return name != "" && name != "." && name != ".." }

// Path joins the words to an API path, each escaped: Path("queues", "/", "a b") is "/api/queues/%2F/a%20b". Each word
// must be Addressable.
func Path(words ...string) string {
	var b strings.Builder
	b.WriteString("/api")
	for _, w := range words {
		b.WriteByte('/')
		b.WriteString(url.PathEscape(w))
	}
	return b.String()
}

// get asks for a path made by Path. The caller closes the body.
func (c *Client) get(ctx context.Context, path string, query url.Values) (*http.Response, error) {
	target := c.base + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return nil, fail.New(fail.Internal, "cannot make the request %s: %w", target, err)
	}
	return c.wire.RoundTrip(req)
}

// hole returns a rabbit-hole client whose requests end with the context, because rabbit-hole takes no context.
func (c *Client) hole(ctx context.Context) *rabbithole.Client {
	// The error can only be about the URL, which New has parsed already.
	h, _ := rabbithole.NewTLSClient(c.base, "", "", &contextual{next: c.wire, ctx: ctx})
	return h
}

// wrote ends a call to rabbit-hole that returns a response: it closes the body and unwraps the error.
func (c *Client) wrote(resp *http.Response, err error) (*http.Response, error) {
	if err != nil {
		return nil, c.unwrapped(err)
	}
	io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
	resp.Body.Close()
	return resp, nil
}

// done works like wrote, for a change that returns nothing but its error.
func (c *Client) done(resp *http.Response, err error) error {
	_, err = c.wrote(resp, err)
	return err
}

// unwrapped returns the fail.Error that rabbit-hole or net/http has wrapped. If there is none, it makes one: for the
// end of the context, or for an answer that rabbit-hole cannot read.
func (c *Client) unwrapped(err error) error {
	var known *fail.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return known
	case errors.Is(err, context.Canceled):
		return fail.InWords(context.Canceled)
	case errors.Is(err, context.DeadlineExceeded):
		return late(c.base)
	}
	return c.unreadable(nil, err)
}

// Late is the error for an answer that did not come within the time budget.
func (c *Client) Late() *fail.Error { return late(c.base) }

// late is the error for an answer that did not come within the time budget.
func late(base string) *fail.Error {
	return fail.New(fail.Timeout, "%s did not answer in time", base).
		Next("it may be overloaded, or a node of its cluster may be silent: ").
		Do(fail.WaitLonger).Do(fail.SeeStoppedNodes)
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
