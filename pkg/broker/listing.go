package broker

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"syscall"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// rows streams the JSON array at a path. An error ends the rows; those before it are good.
func (c *Client) rows(ctx context.Context, path string, query url.Values, columns []record.Column) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		ctx, cancel := c.grace(ctx)
		defer cancel()
		resp, err := c.get(ctx, path, query)
		if err != nil {
			yield(nil, err)
			return
		}
		for row, err := range c.rowsOf(ctx, resp, columns) {
			if !yield(row, err) {
				return
			}
		}
	}
}

// rowsOf streams the JSON array of an answer, and closes it.
func (c *Client) rowsOf(ctx context.Context, resp *http.Response, columns []record.Column) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		defer resp.Body.Close()
		for row, err := range record.Stream(resp.Body, columns) {
			if err != nil {
				err = c.broken(ctx, err)
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// value reads the whole JSON value at a path.
func (c *Client) value(ctx context.Context, path string, query url.Values) (record.Value, error) {
	ctx, cancel := c.grace(ctx)
	defer cancel()
	resp, err := c.get(ctx, path, query)
	if err != nil {
		return nil, err
	}
	v, err := c.valueOf(ctx, resp)
	if err == nil {
		err = c.theOne(path, v)
	}
	return v, err
}

// valueOf is the whole JSON value of an answer.
func (c *Client) valueOf(ctx context.Context, resp *http.Response) (record.Value, error) {
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, c.broken(ctx, err)
	}
	return record.Value(bytes.TrimSpace(body)), nil
}

// broken says why a body ended before its end.
func (c *Client) broken(ctx context.Context, err error) error {
	switch {
	case ctx.Err() == context.DeadlineExceeded:
		e := fail.New(fail.Incomplete, "the time budget ended while %s was answering", c.base).
			Next("a longer --timeout waits longer")
		e.Err = ctx.Err()
		return e
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return c.unreadable(err)
}

// unreadable says of a body that came, but not whole, or not as JSON.
func (c *Client) unreadable(err error) error {
	var syntax *jsontext.SyntacticError
	var e *fail.Error
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		e = fail.New(fail.Incomplete, "the answer of %s broke off before its end", c.base).
			Next("try again; a proxy in between may cut long answers off")
	case errors.As(err, &syntax):
		e = fail.New(fail.Incomplete, "the answer of %s is no JSON from byte %d on", c.base, syntax.ByteOffset).
			Next("is a proxy or another program in between? --trace shows the requests")
	case errors.Is(err, syscall.ECONNRESET):
		e = fail.New(fail.Incomplete, "the connection to %s was reset before the end of its answer", c.base).Next("try again")
	default:
		e = fail.New(fail.Data, "the answer of %s cannot be read: %s", c.base, lastPart(oneLine(err.Error()))).
			Next("--trace shows the requests")
	}
	e.Err = err
	return e
}

// columnsQuery is the API's columns parameter for the members that the columns are read from: the broker sends those only.
// A path below a table whose members users name (arguments, client_properties) is asked for as the whole table, since
// the broker splits at every dot and such names hold dots.
func columnsQuery(columns []record.Column) string {
	var paths []string
	seen := map[string]bool{}
	add := func(path string) {
		if root, _, _ := strings.Cut(path, "."); namedByUsers(root) {
			path = root
		}
		if path != "" && !seen[path] {
			seen[path] = true
			paths = append(paths, path)
		}
	}
	for _, c := range columns {
		if c.Missing != "" || c.Const != nil {
			continue
		}
		add(c.Path())
		add(c.Else)
	}
	return strings.Join(paths, ",")
}

func namedByUsers(root string) bool {
	switch root {
	case "arguments", "client_properties", "effective_policy_definition", "definition", "metadata", "value", "limits":
		return true
	}
	return false
}
