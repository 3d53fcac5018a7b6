package broker

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Lost is the cause of an error about a change that may have been sent and got no answer that tells its outcome.
type Lost struct {
	// NotDone means that the change was looked up and was not made. Otherwise it may have been made.
	NotDone bool
	// Err says how the answer was lost.
	Err error
}

func (l *Lost) Error() string { return "the answer was lost: " + l.Err.Error() }

func (l *Lost) Unwrap() error { return l.Err }

// OutcomeOf returns one word for the outcome of a change whose answer was lost: not_done or unknown. For any other
// error it returns "".
func OutcomeOf(err error) string {
	var l *Lost
	switch {
	case !errors.As(err, &l):
		return ""
	case l.NotDone:
		return "not_done"
	}
	return "unknown"
}

// afterLoss looks up the outcome of a change whose answer did not come or cannot be used. Once the request may have
// been written, afterLoss turns the failure into a Lost error, unless the failure proves that the change was not made.
// If the change is seen to be made, the answer is a 204. Nothing is sent twice.
type afterLoss struct {
	next http.RoundTripper
	// client looks up the outcome.
	client *Client
}

func (t *afterLoss) RoundTrip(req *http.Request) (*http.Response, error) {
	if !changes(req.Method) {
		return t.next.RoundTrip(req)
	}
	// Once there is a connection, with its TLS handshake done, the request may have been sent: when the context ends,
	// net/http does not report reliably whether it was written.
	var connected atomic.Bool
	ctx := httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) {
		connected.Store(true)
	}})
	resp, err := t.next.RoundTrip(req.WithContext(ctx))
	if err == nil && resp.StatusCode == http.StatusOK && req.Method != http.MethodPost {
		// Brokers answer every PUT and DELETE with 201 or 204 (33 kinds of request, 3.10 and 4.3).
		resp.Body.Close()
		err = fail.New(fail.Data, "%s answered a change with status 200, which no broker does", t.client.base)
	}
	if waitsForMajority(err) {
		return nil, mayComeLater(t.client.changeOf(req), err)
	}
	if err == nil || !connected.Load() || saidNo(err) {
		return resp, err
	}
	ch := t.client.changeOf(req)
	if ch.refused(err) {
		return resp, err
	}
	return t.client.settle(req, ch, err)
}

// saidNo reports whether an error proves that the change was not made: it was refused or redirected, or the other end
// does not understand it. A gateway that answers 408 or 5xx, or 2xx with a page, may have passed the request on.
func saidNo(err error) bool {
	var op *net.OpError
	cause := errors.Unwrap(err)
	switch {
	case errors.As(err, &op) && op.Op == "remote error":
		return true // a TLS alert
	case cause != nil && (strings.Contains(cause.Error(), answersAMQP) || strings.Contains(cause.Error(), answersTLS)):
		return true
	}
	status := Status(err)
	return status >= 300 && status < 500 && status != http.StatusRequestTimeout
}

// settle finds out the outcome of a change. If the change is seen to be made, it returns an answer with status 204,
// otherwise a Lost error.
func (c *Client) settle(req *http.Request, change change, err error) (*http.Response, error) {
	why := err.Error()
	if errors.Is(err, context.Canceled) {
		why = "interrupted"
		c.note("interrupted: looking whether " + change.what + " was " + change.done +
			"; a second interrupt ends this at once")
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(req.Context()), c.made.LookUp)
	defer cancel()
	so, unseen := c.lookUp(ctx, change)
	how := "the answer was lost (" + why + ")"
	if Status(err) == http.StatusInternalServerError && !isForeign(err) {
		how = why // the broker did answer, but what it had done by then is unknown
	}
	lost := func(notDone bool, format string, args ...any) *fail.Error {
		e := fail.New(fail.Lost, format, args...)
		e.Err = &Lost{NotDone: notDone, Err: err}
		return e
	}
	switch {
	case unseen != nil && strings.HasSuffix(unseen.Error(), why):
		unseen = errors.New("the outcome cannot be looked up either")
		fallthrough
	case unseen != nil:
		return nil, lost(false, "%s may have been %s: %s, and %s", change.what, change.done, how, unseen).
			Next("before you repeat the change, check whether it was made")
	case !so:
		if why, next := c.mayLackNodes(ctx); why != "" {
			return nil, lost(false, "%s may still be %s later: %s, and %s", change.what, change.done, how, why).Advise(next)
		}
		return nil, lost(true, "%s was not %s, as far as can be seen: %s, and the broker does not show the change", change.what,
			change.done, how).
			Next("check again before you repeat the change: the broker may still receive the request, or still work on it")
	}
	c.settled.Store(time.Now().UnixNano())
	c.note(how + ", but a second look shows that " + change.what + " is " + change.seen)
	return &http.Response{
		Status: "204 No Content", StatusCode: http.StatusNoContent, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: http.NoBody, Request: req,
	}, nil
}

// AnswerLost reports whether a change of this client lost its answer and was then seen to be made.
func (c *Client) AnswerLost() bool { return c.settled.Load() != 0 }

func (c *Client) note(text string) {
	if c.made.Note != nil {
		c.made.Note(text)
	}
}

// grace gives reads some more seconds after the time budget ended or the command was interrupted, if a change with a
// lost answer was seen to be made. Commands read back what they changed.
func (c *Client) grace(ctx context.Context) (context.Context, context.CancelFunc) {
	settled := c.settled.Load()
	if ctx.Err() == nil || settled == 0 {
		return ctx, func() {}
	}
	return context.WithDeadline(context.WithoutCancel(ctx), time.Unix(0, settled).Add(c.made.LookUp))
}
