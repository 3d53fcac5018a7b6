package broker

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// sent is a request that changes something and for which rabbit-hole has no call, or only a call that does not do all
// that is needed. In rabbit-hole 2.16.0: the structs of users, policies and virtual hosts leave out members, and decode
// definitions into Go values (PutUser, PutVHost, SetPolicy); parameters are sent with more than their value; limits are
// set several at a time; connections are closed without a reason; exchanges cannot be internal, and are deleted without
// a condition.
type sent struct {
	method, path string
	query        url.Values
	// body is encoded as JSON; nil sends none.
	body any
	// reason is sent to the clients whose connection the request closes.
	reason string
}

// send makes a request that changes something, and drops the body of its answer. Nothing is sent twice.
func (c *Client) send(ctx context.Context, s sent) error {
	var body io.Reader
	if s.body != nil {
		text, err := json.Marshal(s.body)
		if err != nil {
			return fail.New(fail.Data, "the value cannot be sent as JSON: %w", err)
		}
		body = bytes.NewReader(text)
	}
	target := c.base + s.path
	if len(s.query) > 0 {
		target += "?" + s.query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, s.method, target, body)
	if err != nil {
		return fail.New(fail.Internal, "cannot make the request %s: %w", target, err)
	}
	req.Header.Set("Content-Type", "application/json")
	if s.reason != "" {
		req.Header.Set("X-Reason", s.reason)
	}
	resp, err := c.wire.RoundTrip(req)
	if err != nil {
		return err
	}
	io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
	return resp.Body.Close()
}

// ReasonOf returns the reason that the broker gave for a refusal, in its own words, or "" if err is something else.
func ReasonOf(err error) string {
	if r := refusalIn(err); r != nil {
		return r.Reason
	}
	return ""
}

// refusalIn returns the refusal inside an error, or nil if the error has none.
func refusalIn(err error) *Refusal {
	var r *Refusal
	if errors.As(err, &r) {
		return r
	}
	return nil
}
