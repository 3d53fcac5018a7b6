package broker_test

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// If a proxy fails, the error names the proxy and not the broker, because nothing is known of the broker then.
func TestProxy(t *testing.T) {
	t.Parallel()
	status := func(code int, media string) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = nil
			if media != "" {
				w.Header().Set("Content-Type", media)
			}
			w.WriteHeader(code)
			if media != "" {
				w.Write([]byte("<h1>no</h1>"))
			}
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
	const plain, tls = "http://mq.example.com:15672", "https://mq.example.com:15671"
	const refused = "http://user:hush@127.0.0.1:1"
	for name, tt := range map[string]struct {
		base, proxy, want, next string
	}{
		"closed": {plain, refused, "the proxy http://127.0.0.1:1, between here and " + plain +
			", cannot be used: connection refused", "variable HTTP_PROXY; with NO_PROXY=mq.example.com"},
		"closed, TLS": {tls, refused, "the proxy http://127.0.0.1:1, between here and " + tls +
			", cannot be used: connection refused", "variable HTTPS_PROXY; with NO_PROXY=mq.example.com"},
		"unknown": {plain, "http://nothing.invalid:3128",
			"the proxy http://nothing.invalid:3128, between here and " + plain +
				", cannot be used: its host name cannot be resolved", "HTTP_PROXY"},
		"unknown, TLS": {tls, "http://nothing.invalid:3128", "its host name cannot be resolved", "HTTPS_PROXY"},
		"closed socks": {plain, "socks5://127.0.0.1:1", "the proxy socks5://127.0.0.1:1, between", "HTTP_PROXY"},
		"no socks": {plain, "socks5://" + speaking(t, func(c net.Conn) {
			c.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
		}), "the proxy socks5://127.0.0.1:", "HTTP_PROXY"},
		"502": {plain, status(502, "text/html"), "does not reach " + plain + " (status 502 Bad Gateway)",
			"HTTP_PROXY"},
		"503 without words": {plain, status(503, ""), "does not reach " + plain + " (status 503 Service Unavailable)",
			"HTTP_PROXY"},
		"504": {plain, status(504, "text/html"), "does not reach " + plain + " (status 504 Gateway Timeout)",
			"HTTP_PROXY"},
		"forbidden": {plain, status(403, "text/html"), "does not reach " + plain + " (status 403 Forbidden)",
			"HTTP_PROXY"},
		"login":      {plain, status(407, "text/html"), "wants a user and a password (status 407)", "HTTP_PROXY"},
		"login, TLS": {tls, status(407, "text/html"), "wants a user and a password (status 407)", "HTTPS_PROXY"},
		"502, TLS": {tls, status(502, "text/html"), "does not reach mq.example.com:15671 (status 502 Bad Gateway)",
			"HTTPS_PROXY"},
		"closes": {plain, "http://" + speaking(t, readRequest), ", between here and " + plain +
			", closed the connection without an answer", ""},
		"no HTTP": {plain, "http://" + speaking(t, afterRequest("SSH-2.0-OpenSSH_9.2\r\n")), ", between here and " +
			plain + ", does not speak HTTP", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			proxy, err := url.Parse(tt.proxy)
			if err != nil {
				t.Fatal(err)
			}
			c := client(t, tt.base, func(o *broker.Options) { o.Proxy = http.ProxyURL(proxy) })
			_, err = c.Whoami(t.Context())
			sentence(t, err)
			if fail.KindOf(err) != fail.Unreachable || !strings.Contains(err.Error(), tt.want) ||
				!strings.Contains(steps.Of(err), tt.next) {
				t.Errorf("%s: %v; next: %s", fail.KindOf(err), err, steps.Of(err))
			}
			if strings.Contains(err.Error()+steps.Of(err), "hush") {
				t.Error("the proxy's password is shown")
			}
			if name != "closes" && broker.IsDown(err) {
				t.Error("it says nothing of the node")
			}
		})
	}
}

// If the proxy cannot be reached, a change was not sent, so its outcome must not be reported as unknown. If the address
// of the proxy is invalid, the next step names the variable.
func TestProxy_changes(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"http://mq.example.com:15672", "https://mq.example.com:15671"} {
		proxy, _ := url.Parse("http://127.0.0.1:1")
		c := client(t, base, func(o *broker.Options) { o.Proxy = http.ProxyURL(proxy) })
		if err := c.SetClusterName(t.Context(), "x"); fail.KindOf(err) != fail.Unreachable || broker.OutcomeOf(err) != "" {
			t.Errorf("%v", err)
		}
	}
	c := client(t, "http://mq.example.com:15672", func(o *broker.Options) {
		o.Proxy = func(*http.Request) (*url.URL, error) { return nil, errors.New(`invalid proxy address "::": no`) }
	})
	_, err := c.Whoami(t.Context())
	sentence(t, err)
	if fail.KindOf(err) != fail.Config || !strings.Contains(steps.Of(err), "HTTP_PROXY") {
		t.Errorf("%s: %v", fail.KindOf(err), err)
	}
}
