package broker

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// broken says why a body could not be read to its end.
func (c *Client) broken(ctx context.Context, req *http.Request, err error) error {
	switch {
	case errors.Is(context.Cause(ctx), context.DeadlineExceeded):
		e := fail.New(fail.Incomplete, "the time budget ended while %s was answering", c.base).
			Do(fail.WaitLonger)
		e.Err = ctx.Err()
		return e
	case ctx.Err() != nil:
		return fail.Ended(ctx)
	}
	return c.unreadable(req, err)
}

// text reads the only answer that is not JSON: the text of an Erlang list.
func (c *Client) text(ctx context.Context, path string) (string, error) {
	resp, err := c.get(ctx, path, nil)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(timely{ctx, resp.Body}, record.MaxObject+1))
	switch {
	case err != nil:
	case len(body) > record.MaxObject:
		err = &record.TooLong{Limit: record.MaxObject}
	case len(bytes.TrimSpace(body)) == 0:
		err = io.EOF
	}
	if err != nil {
		return "", c.broken(ctx, resp.Request, err)
	}
	applications, ok := erlang.Proplist(string(body))
	if !ok || len(applications) == 0 || slices.ContainsFunc(applications, func(p erlang.Element) bool {
		return p.Value == ""
	}) {
		return "", c.noAnswer(resp.Request, "an incomplete list of applications")
	}
	return string(body), nil
}

// noAnswer returns the error for an answer that is not valid; the parameter came says what came instead.
func (c *Client) noAnswer(req *http.Request, came string) *fail.Error {
	return fail.New(fail.Data, "%s gave no valid answer for %s: it sent %s", c.base, asked(req), came).
		Next("is a proxy or another program in between? ").Do(fail.SeeRequests)
}

// asked returns what a request asked for, in few words: queues/%2F/orders.
func asked(req *http.Request) string {
	if req == nil || req.URL == nil {
		return "a request"
	}
	path := req.URL.EscapedPath()
	if _, object, ok := strings.Cut(path, "/api/"); ok {
		return object
	}
	return path
}

// timely stops reading when its context ends. The transport alone would stop reading from the network then, but still
// unpack the bytes that have already arrived.
type timely struct {
	ctx context.Context
	r   io.Reader
}

func (t timely) Read(p []byte) (int, error) {
	if err := t.ctx.Err(); err != nil {
		return 0, err
	}
	return t.r.Read(p)
}

// unreadable returns the error for a body that is incomplete, or not what was asked for.
func (c *Client) unreadable(req *http.Request, err error) error {
	var syntax *jsontext.SyntacticError
	var long *record.TooLong
	var wrong *record.WrongKind
	var e *fail.Error
	switch {
	case errors.As(err, &long):
		e = fail.New(fail.Data, "%s answered %s with more than %d MB in one piece, more than any broker sends",
			c.base, asked(req), long.Limit>>20).
			Next("is a proxy or another program in between? ").Do(fail.SeeRequests)
	case errors.As(err, &wrong) && wrong.Row > 0:
		e = fail.New(fail.Data, "row %d of %s from %s is %s, not %s", wrong.Row, asked(req), c.base, wrong.Got, wrong.Want).
			Next("is a proxy or another program in between? ").Do(fail.SeeRequests)
	case errors.As(err, &wrong):
		e = c.noAnswer(req, wrong.Error())
	case isReset(err):
		e = fail.New(fail.Incomplete, "the connection to %s was reset before the end of its answer", c.base).Next("try again")
	case errors.Is(err, io.EOF):
		e = fail.New(fail.Incomplete, "%s answered %s with nothing", c.base, asked(req)).
			Next("try again; is a proxy or another program in between?")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		e = fail.New(fail.Incomplete, "the answer of %s broke off before its end", c.base).
			Next("try again; a proxy in between may cut long answers off")
		if strings.HasPrefix(asked(req), "definitions") { // 4.3 breaks off at such a name
			e.Hint = e.Hint.Say("is a name there not UTF-8? ").Do(fail.ReadPage, "name-not-utf-8")
		}
	case errors.As(err, &syntax):
		e = fail.New(fail.Incomplete, "the answer of %s is not JSON from byte %d on", c.base, syntax.ByteOffset).
			Next("is a proxy or another program in between? ").Do(fail.SeeRequests)
	default:
		e = fail.New(fail.Data, "the answer of %s cannot be read: %s", c.base, lastPart(brief(err.Error()))).
			Do(fail.SeeRequests)
	}
	e.Err = err
	return e
}
