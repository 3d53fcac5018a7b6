package erldist

import (
	"context"
	"errors"
	"sync"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Options says how a Client finds its node and whether it may change something there.
type Options struct {
	// Target finds the node. It is called once, before the first call.
	Target func(ctx context.Context) (Target, error)
	// MayChange is called before each call that may change something, when the connection already exists. If it returns
	// an error, the function is not called. If it is nil, every change is allowed.
	MayChange func(ctx context.Context) error
	// Trace receives a line for each connection and each call, without the call's arguments; nil drops the lines.
	Trace func(line string)
}

// Client calls functions on one node. It connects at its first call. It is safe for concurrent use.
type Client struct {
	o  Options
	mu sync.Mutex
	// link is the connection, nil until there is one; failed says why it could not be made. The Client does not try
	// twice.
	link   *Link
	failed error
}

// NewClient makes a Client. It opens no connection.
func NewClient(o Options) *Client { return &Client{o: o} }

// Node returns the node's full name, as the node itself gives it. It connects if there is no connection yet.
func (c *Client) Node(ctx context.Context) (string, error) {
	l, err := c.connected(ctx)
	if err != nil {
		return "", err
	}
	return l.Node, nil
}

func (c *Client) connected(ctx context.Context) (*Link, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.link != nil || c.failed != nil {
		return c.link, c.failed
	}
	t, err := c.o.Target(ctx)
	if err == nil {
		c.link, err = Dial(ctx, t)
	}
	if err != nil {
		c.failed = err
		return nil, err
	}
	c.trace("connected to node " + c.link.Node)
	return c.link, nil
}

func (c *Client) trace(line string) {
	if c.o.Trace != nil {
		c.o.Trace(line)
	}
}

// Ask calls a function that changes nothing.
func (c *Client) Ask(ctx context.Context, call Call) (erlang.Term, error) {
	l, err := c.connected(ctx)
	if err != nil {
		return nil, err
	}
	c.trace("call " + call.String() + " on node " + l.Node)
	return l.Call(ctx, call)
}

// Stream calls a function that sends rows, and calls the function each for every row. The function that sends the rows
// must change nothing.
func (c *Client) Stream(ctx context.Context, r Rows, each func(row erlang.Term) error) error {
	l, err := c.connected(ctx)
	if err != nil {
		return err
	}
	c.trace("rows of " + r.Module + ":" + r.Function + " on node " + l.Node)
	return l.Stream(ctx, r, each)
}

// Change calls a function that may change something, if MayChange of the Options allows it. The argument what names the
// change in messages, as in "stop the application". If no answer comes, the error is of the kind fail.Lost: the node
// may still make the change.
func (c *Client) Change(ctx context.Context, what string, call Call) (erlang.Term, error) {
	l, err := c.connected(ctx)
	if err != nil {
		return nil, err
	}
	if c.o.MayChange != nil {
		if err := c.o.MayChange(ctx); err != nil {
			return nil, err
		}
	}
	c.trace("call " + call.String() + " on node " + l.Node)
	value, err := l.Call(ctx, call)
	var failed *Failed
	if err == nil || errors.As(err, &failed) || fail.KindOf(err) == fail.Internal {
		return value, err
	}
	lost := fail.New(fail.Lost, "it is not known whether node %s carried out the change (%s): %w", l.Node, what, err).
		Next("the node may still carry it out: check that before you repeat it")
	return nil, lost
}

// Close ends the connection, if there is one.
func (c *Client) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.link != nil {
		c.link.Close()
	}
}
