package faultproxy_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/internal/faultproxy"
)

const text = `{"name":"orders","arguments":{}}`

// target answers every request with JSON. The header X-Asked of the answer has the URI of the request, and asked counts
// the requests.
func target(t *testing.T) (url string, asked *atomic.Int32) {
	t.Helper()
	asked = new(atomic.Int32)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Asked", r.RequestURI)
		io.WriteString(w, text)
	}))
	t.Cleanup(s.Close)
	return s.URL, asked
}

type got struct {
	status int
	header http.Header
	body   string
	err    error
}

func ask(t *testing.T, method, url string) got {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	wire := &http.Transport{}
	defer wire.CloseIdleConnections()
	resp, err := wire.RoundTrip(req)
	if err != nil {
		return got{err: err}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return got{resp.StatusCode, resp.Header, string(body), err}
}

func TestPassesWhatNoRuleMatches(t *testing.T) {
	t.Parallel()
	url, _ := target(t)
	p := faultproxy.New(t, url)
	p.On("PUT", "", faultproxy.Reset())
	p.On("GET", "^/api/nodes", faultproxy.Reset())
	g := ask(t, "GET", p.URL+"/api/queues/%2F/a%20b?columns=name")
	if g.err != nil || g.status != 200 || g.body != text ||
		g.header.Get("X-Asked") != "/api/queues/%2F/a%20b?columns=name" {
		t.Errorf("%+v", g)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	is := func(want error) func(got) bool { return func(g got) bool { return errors.Is(g.err, want) } }
	tests := map[string]struct {
		fault faultproxy.Fault
		want  func(got) bool
	}{
		"status": {faultproxy.Status(206), func(g got) bool {
			return g.status == 206 && g.body == text &&
				g.err == nil
		}},
		"no content": {faultproxy.Status(204), func(g got) bool {
			return g.status == 204 && g.body == "" &&
				g.err == nil
		}},
		"header": {faultproxy.Header("Content-Type", "text/plain"), func(g got) bool {
			return g.header.Get("Content-Type") == "text/plain"
		}},
		"body": {faultproxy.Body("null"), func(g got) bool { return g.body == "null" && g.err == nil }},
		"page": {faultproxy.Page(502), func(g got) bool {
			return g.status == 502 && strings.HasPrefix(g.body, "<html>")
		}},
		"empty": {faultproxy.Empty(), func(g got) bool { return g.status == 200 && g.body == "" && g.err == nil }},
		"matching length": {faultproxy.Cut(0.5, faultproxy.MatchingLength), func(g got) bool {
			return g.body == text[:len(text)/2] && g.err == nil
		}},
		"no length": {faultproxy.Cut(0.5, faultproxy.NoLength), func(g got) bool {
			return g.body == text[:len(text)/2] && g.err == nil
		}},
		"whole length": {faultproxy.Cut(0.5, faultproxy.WholeLength), is(io.ErrUnexpectedEOF)},
		"chunked":      {faultproxy.Cut(0.5, faultproxy.Chunked), is(io.ErrUnexpectedEOF)},
		"reset within": {faultproxy.ResetWithin(), func(g got) bool {
			return errors.Is(g.err, syscall.ECONNRESET) &&
				g.body == text[:len(text)/2]
		}},
		"reset":       {faultproxy.Reset(), is(syscall.ECONNRESET)},
		"close":       {faultproxy.Close(), is(io.EOF)},
		"half header": {faultproxy.HalfHeader(), is(io.ErrUnexpectedEOF)},
		"garbage": {faultproxy.Garbage(), func(g got) bool {
			return g.err != nil && strings.Contains(g.err.Error(),
				"malformed HTTP")
		}},
		"hang": {faultproxy.Hang(), is(context.DeadlineExceeded)},
		"drip": {faultproxy.Drip(8, time.Millisecond), func(g got) bool { return g.body == text && g.err == nil }},
		"endless": {faultproxy.Endless("[", " ", 1<<20), func(g got) bool {
			return len(g.body) > 1<<20 && g.err == nil
		}},
		"bomb": {faultproxy.Bomb("[", " ", "]", 3<<20), func(g got) bool {
			return len(g.body) > 3<<20 && strings.HasSuffix(g.body, " ]")
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, asked := target(t)
			p := faultproxy.New(t, url)
			p.On("GET", "", tt.fault)
			if g := ask(t, "GET", p.URL+"/api/x"); !tt.want(g) || asked.Load() != 1 {
				t.Errorf("%d %q... of %d bytes, %v", g.status, g.body[:min(80, len(g.body))], len(g.body), g.err)
			}
		})
	}
}

// TestRules: a rule can apply to a single request only, and can keep a request from reaching the broker.
func TestRules(t *testing.T) {
	t.Parallel()
	url, asked := target(t)
	p := faultproxy.New(t, url+"/rabbit")
	second := p.On("GET", "/api/x", faultproxy.Empty()).Nth(2)
	p.On("PUT", "", faultproxy.Close()).Unasked()
	var bodies []string
	for range 3 {
		bodies = append(bodies, ask(t, "GET", p.URL+"/api/x").body)
	}
	if bodies[0] != text || bodies[1] != "" || bodies[2] != text || second.Matched() != 3 {
		t.Errorf("%q, %d matched", bodies, second.Matched())
	}
	if g := ask(t, "PUT", p.URL+"/api/x"); g.err == nil || asked.Load() != 3 {
		t.Errorf("%v, the broker was asked %d times", g.err, asked.Load())
	}
	seen := p.Seen()
	if len(seen) != 4 || seen[0].Asked != "/rabbit/api/x" || seen[3].Method != "PUT" || seen[3].Asked != "" {
		t.Errorf("%+v", seen)
	}
	p.Clear()
	if g := ask(t, "PUT", p.URL+"/api/x"); g.body != text || len(p.Seen()) != 1 {
		t.Errorf("%+v", g)
	}
}

func TestRewrite(t *testing.T) {
	t.Parallel()
	url, _ := target(t)
	p := faultproxy.New(t, url)
	for want, f := range map[string]func(string) string{
		"/api/queues///q?columns=a%2Fb":     faultproxy.DecodeSlashes,
		"/api/queues/%252F/q?columns=a%2Fb": faultproxy.DoubleEncode,
		"/api/queues/q?columns=a%2Fb":       faultproxy.MergeSlashes,
		"/api/queues/%2F/q?columns=a%2Fb":   nil,
	} {
		p.Rewrite(f)
		if g := ask(t, "GET", p.URL+"/api/queues/%2F/q?columns=a%2Fb"); g.header.Get("X-Asked") != want {
			t.Errorf("the broker was asked %q, want %q (%v)", g.header.Get("X-Asked"), want, g.err)
		}
	}
}

// TestRemote: the proxy can be reached at the address Remote, and a client that asks for gzip unpacks the answer.
func TestRemote(t *testing.T) {
	t.Parallel()
	url, _ := target(t)
	p := faultproxy.New(t, url)
	p.On("GET", "", faultproxy.Bomb("", "x", "", 1<<10))
	if g := ask(t, "GET", p.Remote()+"/api/x"); g.err != nil || len(bytes.Trim([]byte(g.body), "x")) > 0 {
		t.Errorf("%v, %q", g.err, g.body[:min(80, len(g.body))])
	}
}
