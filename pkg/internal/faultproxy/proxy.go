// Package faultproxy is a proxy between rabbitctl and a real or fake broker. The proxy spoils answers in the way that a
// test chooses. It is for tests only.
//
//	p := faultproxy.New(t, broker.URL)
//	p.On("GET", "/api/queues", faultproxy.Empty())           // 200 without a body
//	p.On("PUT", "", faultproxy.Reset())                      // the broker makes the change, and its answer is lost
//	p.On("PUT", "", faultproxy.Reset()).Unasked()            // the broker does not get the request
//	p.On("GET", "/api/nodes", faultproxy.Status(204)).Nth(2) // the second request only
//	p.Rewrite(faultproxy.DecodeSlashes)                      // a proxy that turns %2F into "/"
//
// A request that matches no rule gets the answer of the broker unchanged.
package faultproxy

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// Proxy forwards requests to a broker. Rules may be added while requests run.
type Proxy struct {
	// URL is the proxy's address, with the path of the target.
	URL string

	target *url.URL
	wire   *http.Transport
	done   chan struct{}

	mu      sync.Mutex
	rules   []*Rule
	rewrite func(uri string) string
	seen    []Request
}

// Request is a request that the proxy got.
type Request struct {
	// Method and URI are as sent by the client, escapes included: "/api/queues/%2F/orders?columns=name".
	Method, URI string
	Body        []byte
	// Asked is the URI that the proxy sent to the broker, or "" if it sent nothing to the broker.
	Asked string
}

// New starts a proxy in front of a target, http://HOST:PORT with or without a path. A user in the target is ignored.
// The proxy stops at the end of the test.
func New(t testing.TB, target string) *Proxy {
	t.Helper()
	u, err := url.Parse(target)
	if err != nil || u.Host == "" {
		t.Fatalf("faultproxy: %q is not the address of a broker", target)
	}
	p := &Proxy{target: u, wire: &http.Transport{DisableCompression: true}, done: make(chan struct{})}
	server := httptest.NewServer(p)
	p.URL = server.URL + strings.TrimSuffix(u.EscapedPath(), "/")
	t.Cleanup(func() {
		close(p.done)
		server.CloseClientConnections()
		server.Close()
		p.wire.CloseIdleConnections()
	})
	return p
}

// Remote returns URL with an address that reaches the proxy and is not a loopback address for rabbitctl. rabbitctl
// therefore asks for gzip, and uses guest only if it is told to.
func (p *Proxy) Remote() string { return strings.Replace(p.URL, "127.0.0.1", "0.0.0.0", 1) }

// On spoils the answers to requests with this method and with a URI that matches the regular expression; "" matches
// all. If several rules match, the first one counts; a rule with Nth counts only for its nth request.
func (p *Proxy) On(method, uri string, fault Fault) *Rule {
	r := &Rule{proxy: p, method: method, uri: regexp.MustCompile(uri), fault: fault}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rules = append(p.rules, r)
	return r
}

// Rewrite changes the URI of every request on its way to the broker; nil changes nothing.
func (p *Proxy) Rewrite(f func(uri string) string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rewrite = f
}

// Clear removes all rules, the rewriting, and the requests seen.
func (p *Proxy) Clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rules, p.rewrite, p.seen = nil, nil, nil
}

// Seen returns the requests so far.
func (p *Proxy) Seen() []Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Request(nil), p.seen...)
}

// Rule says which answers are spoiled, and how.
type Rule struct {
	proxy   *Proxy
	method  string
	uri     *regexp.Regexp
	fault   Fault
	nth     int
	unasked bool
	matched int
}

// Nth limits the rule to the nth request that it matches; the first is 1.
func (r *Rule) Nth(n int) *Rule {
	r.proxy.mu.Lock()
	defer r.proxy.mu.Unlock()
	r.nth = n
	return r
}

// Unasked keeps the request from the broker. Without it, the broker gets the request and the rule spoils its answer.
func (r *Rule) Unasked() *Rule {
	r.proxy.mu.Lock()
	defer r.proxy.mu.Unlock()
	r.unasked = true
	return r
}

// Matched counts the requests that the rule matched, including those that Nth let pass.
func (r *Rule) Matched() int {
	r.proxy.mu.Lock()
	defer r.proxy.mu.Unlock()
	return r.matched
}

// find records the request. It returns the fault for the request, and the URI to send to the broker; the URI is "" if
// the broker must not get the request.
func (p *Proxy) find(r *http.Request, body []byte) (fault Fault, asked string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	seen := Request{Method: r.Method, URI: r.RequestURI, Body: body, Asked: r.RequestURI}
	if p.rewrite != nil {
		seen.Asked = p.rewrite(r.RequestURI)
	}
	for _, rule := range p.rules {
		if rule.method != "" && rule.method != r.Method || !rule.uri.MatchString(r.RequestURI) {
			continue
		}
		if rule.matched++; rule.nth != 0 && rule.nth != rule.matched {
			continue
		}
		fault = rule.fault
		if rule.unasked {
			seen.Asked = ""
		}
		break
	}
	p.seen = append(p.seen, seen)
	return fault, seen.Asked
}

// ServeHTTP forwards the request, unless the rule that matches it is Unasked, and sends the answer, which a matching
// rule first spoils. If the broker cannot be reached, it answers 502.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	fault, uri := p.find(r, body)
	answer := &Answer{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}}
	if uri != "" {
		var err error
		if answer, err = p.ask(r, uri, body); err != nil {
			http.Error(w, "faultproxy: "+err.Error(), http.StatusBadGateway)
			return
		}
	}
	x := &Exchange{Request: r, Answer: answer, w: w, done: p.done}
	if fault != nil {
		fault(x)
	}
	if !x.sent {
		x.send()
	}
}

func (p *Proxy) ask(r *http.Request, uri string, body []byte) (*Answer, error) {
	req := r.Clone(r.Context())
	req.RequestURI = ""
	// The answer must not be compressed, so that a fault can change it.
	req.Header.Del("Accept-Encoding")
	// Opaque makes the HTTP client send the URI exactly as it is.
	req.URL = &url.URL{Scheme: p.target.Scheme, Host: p.target.Host, Opaque: uri}
	req.Host = p.target.Host
	req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	resp, err := p.wire.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	all, err := io.ReadAll(resp.Body)
	header := resp.Header.Clone()
	header.Del("Content-Length")
	return &Answer{Status: resp.StatusCode, Header: header, Body: all}, err
}
