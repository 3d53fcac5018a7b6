package broker_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
)

// hearing is a transport that connects to nothing and records every request and every dialled address.
type hearing struct {
	out    []string
	answer func(*http.Request) (*http.Response, error)
}

func (h *hearing) RoundTrip(req *http.Request) (*http.Response, error) {
	h.out = append(h.out, req.Method+" "+req.URL.String())
	return h.answer(req)
}

func (h *hearing) DialContext(_ context.Context, _, address string) (net.Conn, error) {
	h.out = append(h.out, address)
	return nil, errors.New("no way out")
}

// TestWire: all requests of a client, and of clients made from it, use the transport that the client was given.
func TestWire(t *testing.T) {
	t.Parallel()
	body := func(*http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
			Body: io.NopCloser(strings.NewReader(`{"node":"rabbit@a","rabbitmq_version":"4.3.6"}`)),
		}, nil
	}
	refused := func(*http.Request) (*http.Response, error) {
		return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	}
	ask := func(ctx context.Context, c *broker.Client) error { _, err := c.Overview(ctx); return err }
	for _, tt := range []struct {
		name   string
		answer func(*http.Request) (*http.Response, error)
		do     func(context.Context, *broker.Client) error
		want   []string
		fails  bool
	}{
		{"a request", body, ask, []string{"GET http://a:15672/api/overview"}, false},
		{"another node", body, func(ctx context.Context, c *broker.Client) error {
			other, err := c.Beside("b")
			if err != nil {
				return err
			}
			return ask(ctx, other)
		}, []string{"GET http://b:15672/api/overview"}, false},
		{"another user", body, func(ctx context.Context, c *broker.Client) error { return ask(ctx, c.As("x", "y")) },
			[]string{"GET http://a:15672/api/overview"}, false},
		{"a look at what else answers", refused, ask, []string{"GET http://a:15672/api/overview", "a:5672", "a:5671"}, true},
		{"a certificate", body, func(ctx context.Context, c *broker.Client) error {
			_, err := c.Certificates(ctx, "a:5671")
			return err
		}, []string{"a:5671"}, true},
		{"a connection", body, func(ctx context.Context, c *broker.Client) error { return c.Connect(ctx, "a:1883") },
			[]string{"a:1883"}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			wire := &hearing{answer: tt.answer}
			c, err := broker.New(broker.Options{BaseURL: "http://a:15672", Wire: wire, TLS: &tls.Config{}})
			if err != nil {
				t.Fatal(err)
			}
			if err := tt.do(t.Context(), c); (err != nil) != tt.fails {
				t.Error(err)
			}
			if !slices.Equal(slices.Compact(wire.out), tt.want) {
				t.Errorf("%q went out, want %q", wire.out, tt.want)
			}
		})
	}
}
