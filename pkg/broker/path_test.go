package broker

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

func TestPath(t *testing.T) {
	tests := []struct {
		words []string
		want  string
	}{
		{[]string{"overview"}, "/api/overview"},
		{[]string{"queues", "/", "a b"}, "/api/queues/%2F/a%20b"},
		{[]string{"queues", "%2F", "a%20b"}, "/api/queues/%252F/a%2520b"},
		{[]string{"queues", "a+b", "c?d#e"}, "/api/queues/a+b/c%3Fd%23e"},
		{[]string{"queues", "ä", "\t\n\x1b"}, "/api/queues/%C3%A4/%09%0A%1B"},
		{[]string{"queues", "..a", "a.."}, "/api/queues/..a/a.."},
		{[]string{"queues", "\xff", ";,"}, "/api/queues/%FF/%3B%2C"},
	}
	for _, tt := range tests {
		if got := Path(tt.words...); got != tt.want {
			t.Errorf("Path(%q) = %s, want %s", tt.words, got, tt.want)
		}
	}
}

func FuzzPath(f *testing.F) {
	f.Add("/", "a b")
	f.Add("%2F", "\xff\x00")
	f.Fuzz(func(t *testing.T, vhost, name string) {
		path := Path("queues", vhost, name)
		u, err := url.Parse("http://host" + path)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		words := strings.Split(u.EscapedPath(), "/")
		if len(words) != 5 || u.RawQuery != "" || u.Fragment != "" {
			t.Fatalf("%q and %q become %s", vhost, name, path)
		}
		for i, want := range []string{vhost, name} {
			if got, err := url.PathUnescape(words[3+i]); err != nil || got != want {
				t.Errorf("%s: %q, want %q", path, got, want)
			}
		}
	})
}

// answering is a transport whose answer, or error, comes from a function.
type answering func(*http.Request) (*http.Response, error)

func (f answering) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// timeoutError is the error of net when a dial or a handshake times out. It claims to be context.DeadlineExceeded.
type timeoutError struct{}

func (timeoutError) Error() string        { return "i/o timeout" }
func (timeoutError) Timeout() bool        { return true }
func (timeoutError) Is(target error) bool { return target == context.DeadlineExceeded }

// Each failure becomes an error of the listed kind, in one sentence. A test cannot cause these failures on every
// machine, so the transport returns them. classify_test.go causes the other failures with listeners.
func TestUnreached_rareFailures(t *testing.T) {
	network := func(op string, err error) error {
		return &net.OpError{Op: op, Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 15672}, Err: err}
	}
	system := func(op string, errno syscall.Errno) error { return network(op, os.NewSyscallError(op, errno)) }
	tests := []struct {
		name     string
		err      error
		kind     fail.Kind
		contains string
	}{
		{"no route", system("connect", syscall.EHOSTUNREACH), fail.Unreachable, "no route to broker.example:15672"},
		{"no network", system("connect", syscall.ENETUNREACH), fail.Unreachable, "no route to broker.example:15672"},
		{"a firewall drops the packets", network("dial", timeoutError{}), fail.Unreachable,
			"did not accept the connection in time"},
		{"the name server is down", &net.DNSError{Err: "server misbehaving", Name: "broker.example", Server: "192.0.2.53:53",
			IsTemporary: true}, fail.Unreachable, "the host name broker.example cannot be resolved"},
		{"the connection was reset while the request was written", system("write", syscall.EPIPE), fail.Unreachable,
			"http://broker.example:15672"},
		{"a TLS alert", &url.Error{Op: "Get", URL: "x", Err: tls.AlertError(42)}, fail.Unreachable,
			"TLS with broker.example:15672 failed: "},
		{"too many open files", system("socket", syscall.EMFILE), fail.Unreachable,
			"cannot reach http://broker.example:15672: too many open files"},
		{"credentials that cannot be had", fail.New(fail.Config, "no password"), fail.Config, "no password"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := &classifier{next: answering(func(*http.Request) (*http.Response, error) { return nil, tt.err }),
				base: "http://broker.example:15672", who: &identity{username: "u"}}
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://broker.example:15672/api/overview", nil)
			if err != nil {
				t.Fatal(err)
			}
			_, err = c.RoundTrip(req)
			if fail.KindOf(err) != tt.kind || !strings.Contains(err.Error(), tt.contains) {
				t.Errorf("%s: %v", fail.KindOf(err), err)
			}
			if strings.ContainsAny(err.Error(), "\n") || strings.Contains(err.Error(), "dial tcp") {
				t.Errorf("not a sentence: %v", err)
			}
			if iostreams.IsClosedPipe(err) && fail.KindOf(err) == fail.Internal {
				t.Error("a broken connection to the broker is taken for a closed pipe on stdout")
			}
		})
	}
}

func TestUnreached_deadlineIsTimeout(t *testing.T) {
	ctx, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	c := &classifier{next: answering(func(r *http.Request) (*http.Response, error) { return nil, r.Context().Err() }),
		base: "http://b", who: &identity{}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://b/api/overview", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.RoundTrip(req); fail.KindOf(err) != fail.Timeout || steps.Of(err) == "" {
		t.Errorf("%s: %v", fail.KindOf(err), err)
	}
}

func TestOneLine(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", ""},
		{" a\n\tb  c\r\n", "a b c"},
		{strings.Repeat("ä", 400), strings.Repeat("ä", 400)},
		{strings.Repeat("ä", 401), strings.Repeat("ä", 400) + "…"},
	}
	for _, tt := range tests {
		if got := brief(tt.text); got != tt.want {
			t.Errorf("%q: %q", tt.text, got)
		}
	}
}

func FuzzReasonOf(f *testing.F) {
	for _, s := range []string{`{"error":"bad_request","reason":"a\nb"}`, `{"error":{"a":1},"reason":null}`, "<html>",
		"[]", `{"reason":["x"]}`, `{"error":"e","reason":"&lt;&lt;\"x\"&gt;&gt;"}`} {
		f.Add([]byte(s), "application/json")
	}
	f.Fuzz(func(t *testing.T, body []byte, media string) {
		reason, isAPI := reasonOf(body, media)
		if reason != "" && !isAPI || strings.ContainsAny(reason, "\n\r\t") || len([]rune(reason)) > 401 {
			t.Errorf("%q: %q %v", body, reason, isAPI)
		}
	})
}

func TestReasonOf(t *testing.T) {
	tests := []struct {
		body, media, reason string
		isAPI               bool
	}{
		{`{"error":"not_authorised","reason":"Login failed"}`, "application/json", "Login failed", true},
		{`{"error":"bad_request","reason":"Validation failed\n\n&lt;&lt;\"max-len\"&gt;&gt; is\tunknown\n"}`,
			"application/json", `Validation failed <<"max-len">> is unknown`, true},
		{`{"error":"Object Not Found","reason":""}`, "application/json", "Object Not Found", true},
		{`{"error":"bad_request","reason":{"code":7}}`, "application/json", `{"code":7}`, true},
		{`{"error":"bad_request"}`, "", "bad_request", true},
		{`{"message":"from another program"}`, "application/json", "", false},
		{`<html>{"error":"x"}</html>`, "text/html", "", false},
		{`{"error":"x","reason":"y"}`, "text/html", "", false},
		{"", "application/json", "", false},
		{"null", "application/json", "", false},
	}
	for _, tt := range tests {
		reason, isAPI := reasonOf([]byte(tt.body), tt.media)
		if reason != tt.reason || isAPI != tt.isAPI {
			t.Errorf("%s: %q %v", tt.body, reason, isAPI)
		}
	}
}

func TestUnwrapped(t *testing.T) {
	unwrapped := (&Client{base: "http://broker"}).unwrapped
	known := fail.New(fail.Denied, "no")
	if got := unwrapped(&url.Error{Op: "Put", URL: "http://x", Err: known}); !errors.Is(got, known) {
		t.Errorf("%v", got)
	}
	if got := unwrapped(nil); got != nil {
		t.Errorf("%v", got)
	}
	if got := unwrapped(fmt.Errorf("decoding: %w", context.DeadlineExceeded)); fail.KindOf(got) != fail.Timeout {
		t.Errorf("%s: %v", fail.KindOf(got), got)
	}
	if got := unwrapped(io.ErrUnexpectedEOF); fail.KindOf(got) != fail.Incomplete || !errors.Is(got, io.ErrUnexpectedEOF) {
		t.Errorf("%s: %v", fail.KindOf(got), got)
	}
}
