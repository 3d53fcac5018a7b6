package broker

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// tracer writes a line when a request is sent, and another when its answer is closed or the request fails. Headers and
// bodies, which can hold secrets, are never written.
type tracer struct {
	next  http.RoundTripper
	count atomic.Int64

	mu  sync.Mutex
	out io.Writer
}

// line writes one line; requests can run side by side.
func (t *tracer) line(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprintf(t.out, format+"\n", args...)
}

func (t *tracer) RoundTrip(req *http.Request) (*http.Response, error) {
	n, start := t.count.Add(1), time.Now()
	t.line("[%d] > %s %s", n, req.Method, withoutSecrets(req.URL))
	resp, err := t.next.RoundTrip(req)
	if err != nil {
		t.line("[%d] < %s after %s", n, err, since(start))
		return nil, err
	}
	first := since(start)
	body := &counting{ReadCloser: resp.Body}
	resp.Body = &closing{ReadCloser: body, after: func() {
		t.line("[%d] < %s, %d bytes, first after %s, all after %s", n, resp.Status, body.n, first, since(start))
	}}
	return resp, nil
}

func since(start time.Time) time.Duration { return time.Since(start).Round(100 * time.Microsecond) }

// withoutSecrets returns the URL without a user and a password.
func withoutSecrets(u *url.URL) string {
	c := *u
	c.User = nil
	return c.String()
}

type counting struct {
	io.ReadCloser
	n int64
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.n += int64(n)
	return n, err
}
