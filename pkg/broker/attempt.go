package broker

import (
	"bytes"
	"context"
	"io"
	"iter"
	"net/http"
	"net/url"

	"github.com/rabbitctl/rabbitctl/pkg/beside"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Attempt is a request in the background. Its answer is read once, by Rows or by Object.
type Attempt struct {
	*beside.Work[*http.Response]
	client *Client
}

// Attempt sends a request. The caller must call Drop in the end, with or without an answer.
func (c *Client) Attempt(ctx context.Context, path string, query url.Values) *Attempt {
	return c.attempt(ctx, func(ctx context.Context) (*http.Response, error) { return c.get(ctx, path, query) })
}

func (c *Client) attempt(ctx context.Context, ask func(context.Context) (*http.Response, error)) *Attempt {
	return &Attempt{beside.Run(ctx, ask), c}
}

// AttemptWhole sends a request that counts as answered only when the whole body has come. It is for callers that first
// ask whether there is an answer: an answer whose body breaks off does not count.
func (c *Client) AttemptWhole(ctx context.Context, path string, query url.Values) *Attempt {
	return c.attempt(ctx, func(ctx context.Context) (*http.Response, error) {
		resp, err := c.get(ctx, path, query)
		if err != nil {
			return nil, err
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(io.LimitReader(resp.Body, record.MaxObject))
		if err != nil {
			return nil, c.broken(ctx, resp.Request, err)
		}
		resp.Body = io.NopCloser(bytes.NewReader(text))
		return resp, nil
	})
}

// Err waits for the answer, and returns the error if there is none.
func (a *Attempt) Err() error {
	_, err := a.Result()
	return err
}

// Refused reports whether the request has already failed. It does not wait.
func (a *Attempt) Refused() bool { return a.Over() && a.Err() != nil }

// Rows streams the list in the answer, and closes the answer.
func (a *Attempt) Rows(ctx context.Context, columns []record.Column) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		answer, err := a.Result()
		if err != nil {
			yield(nil, err)
			return
		}
		a.client.rowsOf(ctx, answer, columns)(yield)
	}
}

// Object waits for the answer and returns the object in it. An object without these members is an error.
func (a *Attempt) Object(ctx context.Context, members ...string) (record.Value, error) {
	return a.object(ctx, objectWith(members...))
}

func (a *Attempt) object(ctx context.Context, want wanted) (record.Value, error) {
	answer, err := a.Result()
	if err != nil {
		return nil, err
	}
	return a.client.read(ctx, answer, want)
}

// Drop ends the request, waits for its end, and closes the answer.
func (a *Attempt) Drop() {
	a.Work.Drop()
	if answer, _ := a.Result(); answer != nil {
		answer.Body.Close()
	}
}
