package broker_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

const password = "hush-hush"

// client returns a client for the URL that logs in as user u.
func client(t *testing.T, base string, change ...func(*broker.Options)) *broker.Client {
	t.Helper()
	o := broker.Options{BaseURL: base, Username: "u", UserAgent: "rabbitctl/test", LookUp: 2 * time.Second,
		Credentials: func(context.Context) (string, string, error) { return "u", password, nil }}
	for _, f := range change {
		f(&o)
	}
	c, err := broker.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// speaking listens on a port, passes each connection to the function talk, and returns the address of the port.
func speaking(t *testing.T, talk func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var talks sync.WaitGroup
	talks.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			talks.Go(func() {
				defer conn.Close()
				talk(conn)
			})
		}
	})
	t.Cleanup(func() { l.Close(); talks.Wait() })
	return l.Addr().String()
}

// afterRequest returns a function that sends this answer as soon as it has read a whole request head, or a TLS record.
func afterRequest(answer string) func(net.Conn) {
	return func(c net.Conn) {
		readRequest(c)
		io.WriteString(c, answer)
	}
}

func readRequest(c net.Conn) {
	r := bufio.NewReader(c)
	if first, err := r.Peek(1); err == nil && first[0] == 0x16 {
		head, _ := r.Peek(5)
		if len(head) == 5 {
			r.Discard(5 + int(head[3])<<8 + int(head[4]))
		}
		return
	}
	http.ReadRequest(r)
}

// authority signs certificates for a test.
type authority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"},
		IsCA:                  true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &authority{t, cert, key}
}

func (a *authority) sign(change func(*x509.Certificate)) tls.Certificate {
	a.t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "broker"},
		NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	if change != nil {
		change(template)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, a.key.Public(), a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: a.key}
}

func (a *authority) trusted() func(*broker.Options) {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return func(o *broker.Options) { o.TLS = &tls.Config{RootCAs: pool} }
}

// serving starts a TLS server that answers every request, once the TLS handshake has succeeded.
func serving(t *testing.T, c *tls.Config) string {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"name":"/"}`)
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.TLS = c
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.URL
}

// sentence checks that an error has a next step, that the error and its next step are one line each, and that they show
// neither words of the implementation nor the password.
func sentence(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	text := err.Error() + "\n" + steps.Of(err)
	if strings.Count(text, "\n") != 1 {
		t.Errorf("more than one line: %q", text)
	}
	for _, jargon := range []string{"dial tcp", "read tcp", "write tcp", `Get "`, `Put "`, `Delete "`, "net/http",
		"http: ", "x509: x509", "invalid character",
		"context deadline", "context canceled", "EOF", "goroutine", "0x", "%!", "rabbithole", password} {
		if strings.Contains(text, jargon) {
			t.Errorf("%q is not for people: %s", jargon, text)
		}
	}
	if steps.Of(err) == "" {
		t.Errorf("no next step: %s", text)
	}
}

// asked returns the error of each kind of request: a streamed listing, a single value, a health check, and two changes
// through rabbit-hole.
func asked(ctx context.Context, c *broker.Client) map[string]error {
	var listed error
	for _, err := range listQueues(ctx, c, "", []record.Column{{Name: "name"}}) {
		listed = err
	}
	_, one := c.VHost(ctx, "/")
	_, alarms := c.Alarms(ctx)
	// After a failure, both changes look for a while whether they were made, so they run at the same time.
	gone := make(chan error)
	go func() { gone <- c.DeleteQueue(ctx, "/", "q") }()
	_, declared := c.DeclareQueue(ctx, "/", "q", true, false, nil)
	return map[string]error{"list": listed, "get": one, "alarms": alarms, "declare": declared, "delete": <-gone}
}

// lostToo checks the error of a change whose answer was lost. Its outcome must be unknown, and it must say that the
// change may have been made. The error must contain the text want, as the errors of reads do.
func lostToo(t *testing.T, how string, err error, want string) {
	t.Helper()
	if fail.KindOf(err) != fail.Lost || broker.OutcomeOf(err) != "unknown" || !strings.Contains(err.Error(),
		" may have been ") ||
		strings.Contains(err.Error(), "the answer was lost (") == strings.Contains(err.Error(), "failed with status 500") ||
		!strings.Contains(err.Error(), want) {
		t.Errorf("%s: %s, %s: %v", how, fail.KindOf(err), broker.OutcomeOf(err), err)
	}
}

// isChange reports whether the request with this name, a key in the map of asked, changes something.
func isChange(how string) bool { return how == "declare" || how == "delete" }

func TestClassify_noAnswer(t *testing.T) {
	t.Parallel()
	closed := speaking(t, func(net.Conn) {})
	// Nothing listens at port 1. A port that was free a moment ago may be in use by another test now.
	const refused = "127.0.0.1:1"
	ca := newAuthority(t)
	good := &tls.Config{Certificates: []tls.Certificate{ca.sign(nil)}}
	expired := &tls.Config{Certificates: []tls.Certificate{ca.sign(func(c *x509.Certificate) {
		c.NotAfter = time.Now().Add(-time.Hour)
	})}}
	other := &tls.Config{Certificates: []tls.Certificate{ca.sign(func(c *x509.Certificate) {
		c.IPAddresses, c.DNSNames = nil, []string{"mq.example.com"}
	})}}
	mutual := &tls.Config{Certificates: []tls.Certificate{ca.sign(nil)}, ClientAuth: tls.RequireAnyClientCert}
	banner := afterRequest("AMQP\x00\x00\x09\x01")
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	tests := []struct {
		name    string
		base    string
		trusted bool
		want    string // contained, HOST is the address
		next    string // contained in the hint
	}{
		{"refused", "http://" + refused, false, "nothing listens at http://HOST (connection refused)", ""},
		{"the AMQP port", "http://" + speaking(t, banner), false, "http://HOST is an AMQP port, not the management API",
			"15672"},
		{"the AMQP port, TLS", "https://" + speaking(t, banner), false, "https://HOST speaks plain text, not TLS", "15671"},
		{"TLS to plain HTTP", strings.Replace(plain.URL, "http:", "https:", 1), false,
			"https://HOST speaks plain text, not TLS", "http://"},
		{"TLS to plain HTTP as brokers answer it", "https://" + speaking(t,
			afterRequest("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")), false,
			"https://HOST speaks plain text, not TLS", "http://"},
		{"plain HTTP to TLS as Go answers it", "http://" + speaking(t,
			afterRequest("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n")), false,
			"http://HOST speaks TLS, not plain HTTP", "https://"},
		{"plain HTTP to TLS as brokers answer it", "http://" + speaking(t, afterRequest("\x15\x03\x03\x00\x02\x02\x46")),
			false, "http://HOST speaks TLS, not plain HTTP", "https://"},
		{"another protocol", "http://" + speaking(t, afterRequest("SSH-2.0-OpenSSH_9.2\r\n")), false,
			"http://HOST does not speak HTTP", "15672"},
		{"unknown authority", serving(t, good), false,
			"the certificate of 127.0.0.1 is signed by an authority that is not trusted here", "--cacert"},
		{"wrong host name", serving(t, other), true, "the certificate is not for 127.0.0.1", "name"},
		{"expired certificate", serving(t, expired), true, "the certificate of 127.0.0.1 is not valid: ", "--insecure"},
		{"a client certificate is wanted", serving(t, mutual), true, "TLS with HOST failed: ", "--cert"},
		{"closed at once", "http://" + closed, false, "http://HOST closed the connection without an answer", ""},
		{"closed after the request", "http://" + speaking(t, readRequest), false,
			"http://HOST closed the connection without an answer", ""},
		{"reset", "http://" + speaking(t, func(c net.Conn) { readRequest(c); c.(*net.TCPConn).SetLinger(0) }), false,
			"http://HOST closed the connection without an answer", ""},
		{"half a header", "http://" + speaking(t, afterRequest("HTTP/1.1 200 OK\r\nContent-")), false,
			"http://HOST closed the connection without an answer", ""},
		{"no such host", "http://nothing.invalid:15672", false, "the host name nothing.invalid cannot be resolved",
			"spelling"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var change []func(*broker.Options)
			if tt.trusted {
				change = append(change, ca.trusted())
			}
			_, host, _ := strings.Cut(tt.base, "://")
			want := strings.ReplaceAll(tt.want, "HOST", host)
			for how, err := range asked(t.Context(), client(t, tt.base, change...)) {
				sentence(t, err)
				if isChange(how) && slices.Contains([]string{"another protocol", "closed at once", "closed after the request",
					"reset", "half a header"}, tt.name) {
					lostToo(t, how, err, want)
					continue
				}
				if fail.KindOf(err) != fail.Unreachable || !strings.Contains(err.Error(), want) ||
					!strings.Contains(steps.Of(err), tt.next) {
					t.Errorf("%s: %s: %v; next: %s\nwant %s", how, fail.KindOf(err), err, steps.Of(err), want)
				}
			}
		})
	}
}

func TestClassify_tlsThatWorks(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	base := serving(t, &tls.Config{Certificates: []tls.Certificate{ca.sign(nil)}})
	if _, err := client(t, base, ca.trusted()).VHost(t.Context(), "/"); err != nil {
		t.Errorf("trusted authority: %v", err)
	}
	if _, err := client(t, base, func(o *broker.Options) { o.TLS = &tls.Config{InsecureSkipVerify: true} }).
		VHost(t.Context(), "/"); err != nil {
		t.Errorf("insecure: %v", err)
	}
}

func TestClassify_answers(t *testing.T) {
	t.Parallel()
	const html = "<html><body>\n<h1>Sign in</h1></body></html>"
	const page = "text/html; charset=utf-8"
	const js = "application/json"
	tests := []struct {
		name   string
		status int
		media  string
		body   string
		kind   fail.Kind
		want   string // contained in the message
		next   string // contained in the hint; "-" for no hint at all
	}{
		{"HTML 200", 200, page, html, fail.Unreachable,
			"answers with an HTML page (status 200), not with the management API's JSON", "--path-prefix"},
		{"text 200", 200, "text/plain", "hello", fail.Unreachable, "answers with text/plain (status 200)", "--path-prefix"},
		{"unnamed 200", 200, "", "hello", fail.Unreachable, "answers with no content type (status 200)", "--path-prefix"},
		{"HTML 502", 502, page, html, fail.Unreachable, "answers with an HTML page (status 502)", "proxy"},
		{"HTML 503", 503, page, html, fail.Unreachable, "answers with an HTML page (status 503)", "proxy"},
		{"HTML 404", 404, page, html, fail.Unreachable, "answers with an HTML page (status 404)", "proxy"},
		{"HTML 403", 403, page, html, fail.Unreachable, "answers with an HTML page (status 403)", "proxy"},
		{"HTML 401", 401, page, html, fail.Denied, "with status 401, but not as RabbitMQ does", "proxy"},
		{"JSON 404", 404, js, `{"error":"Object Not Found","reason":"Not Found"}`, fail.NotFound, "has no such object: ",
			"-"},
		{"404 without a body", 404, "", "", fail.Unreachable, "has no management API under ", "--path-prefix"},
		{"404 of another program", 404, js, `{"message":"no route"}`, fail.Unreachable, "has no management API under ",
			"--path-prefix"},

		{"login 3.10", 401, js, `{"error":"not_authorized","reason":"Login failed"}`, fail.Denied,
			"wrong password, no such user, or a failing auth backend (the broker says: Login failed)", "rabbitctl authenticate_user u"},
		{"login 4.x", 401, js, `{"error":"not_authorized","reason":"Not_Authorized"}`, fail.Denied, "user u was refused at ",
			"config show"},
		{"login, older spelling", 401, js, `{"error":"not_authorised","reason":"Login failed"}`, fail.Denied,
			"wrong password, no such user", "config show"},
		{"401 without a reason", 401, js, `{"error":"","reason":""}`, fail.Denied, "wrong password, no such user",
			"config show"},
		{"no tag", 401, js, `{"error":"not_authorised","reason":"Not management user"}`, fail.Denied,
			"has no tag that opens the management API", "rabbitctl set_user_tags u monitoring"},
		{"not a monitor", 401, js, `{"error":"not_authorised","reason":"Not monitor user"}`, fail.Denied,
			"it needs the tag monitoring", "set_user_tags replaces them all"},
		{"not an administrator", 401, js, `{"error":"not_authorised","reason":"Not administrator user"}`, fail.Denied,
			"it needs another tag", "set_user_tags replaces them all"},
		{"not a policymaker", 401, js, `{"error":"not_authorised","reason":"Not policymaker user"}`, fail.Denied,
			"it needs another tag", "set_user_tags replaces them all"},
		{"localhost only", 401, js, `{"error":"not_authorised","reason":"User can only log in via localhost"}`, fail.Denied,
			"may log in only on the broker's own host", "rabbitctl add_user"},
		{"parameters", 401, js, `{"error":"not_authorised","reason":"User not authorised to access object"}`, fail.Denied,
			"this: it needs the tag policymaker", "set_user_tags replaces them all"},
		{"access refused", 401, js, `{"error":"not_authorised","reason":"Access refused."}`, fail.Denied,
			"user u has no permission for this (the broker says: Access refused.)", "rabbitctl explain_access u"},
		{"another user's virtual host", 401, js,
			`{"error":"not_authorised","reason":"User not authorised to access virtual host"}`, fail.Denied,
			"has no permission for this", "rabbitctl explain_access u"},
		{"a 401 never seen", 401, js, `{"error":"x","reason":"Something\n else"}`, fail.Denied,
			"(the broker says: Something else)", ""},

		{"400", 400, js, `{"error":"bad_request","reason":"inequivalent arg 'durable' for queue 'q'\n in vhost '/'"}`,
			fail.Data, "the broker refused: inequivalent arg 'durable' for queue 'q' in vhost '/'", "-"},
		{"400 without a reason", 400, js, `{}`, fail.Data, "the broker refused: bad request", "-"},
		{"403", 403, js, `{"error":"forbidden","reason":"no"}`, fail.Denied, "user u may not do this", ""},
		{"405", 405, "", "", fail.Unavailable, "does not offer this", ""},
		{"408", 408, "", "", fail.Timeout, "gave up waiting (status 408)", ""},
		{"413", 413, "", "", fail.Data, "the request is larger than ", ""},
		{"429", 429, js, `{"error":"slow down"}`, fail.Unavailable, "asks for fewer requests", "wait"},
		{"500", 500, js, `{"error":"Internal Server Error","reason":"{badmatch,\n undefined}"}`, fail.Unavailable,
			"failed with status 500 (the broker says: {badmatch, undefined})", "log"},
		{"500 without a body", 500, "", "", fail.Unavailable, "failed with status 500", "log"},
		{"503", 503, js, `{"error":"service_unavailable","reason":"starting"}`, fail.Unavailable, "failed with status 503",
			"log"},
		{"504", 504, "", "", fail.Timeout, "gave up waiting (status 504)", ""},
		{"418", 418, js, `{"reason":"teapot"}`, fail.Data, "answered with status 418 (the broker says: teapot)", "-"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Content-Type"] = nil
				if tt.media != "" {
					w.Header().Set("Content-Type", tt.media)
				}
				w.WriteHeader(tt.status)
				io.WriteString(w, tt.body)
			}))
			defer s.Close()
			for how, err := range asked(t.Context(), client(t, s.URL)) {
				if how == "alarms" && (tt.status == 503 && tt.media == js || fail.KindOf(err) == fail.Unavailable &&
					tt.status == 404) {
					continue // in a health check, this status has another meaning: see TestAlarms
				}
				if tt.name == "JSON 404" && how == "list" {
					continue // every broker has /api/queues: see TestClassify_missingCollections
				}
				if tt.next == "-" && err != nil && steps.Of(err) == "" {
					err.(*fail.Error).Next("-") //nolint:errorlint // of the outermost error
				}
				sentence(t, err)
				if isChange(how) && (tt.status < 300 || tt.status == 408 || tt.status >= 500) {
					lostToo(t, how, err, tt.want)
					continue
				}
				if fail.KindOf(err) != tt.kind || !strings.Contains(err.Error(), tt.want) || !strings.Contains(steps.Of(err),
					tt.next) {
					t.Errorf("%s: %s: %v; next: %s", how, fail.KindOf(err), err, steps.Of(err))
				}
				if saw := strings.Contains(err.Error(), "may not see this"); tt.name == "parameters" && saw == isChange(how) {
					t.Errorf("%s: %v", how, err)
				}
				if got := broker.Status(err); got != tt.status {
					t.Errorf("%s: status %d", how, got)
				}
				if broker.IsNotFound(err) != (tt.name == "JSON 404") {
					t.Errorf("%s: not found: %v", how, broker.IsNotFound(err))
				}
			}
		})
	}
}

// If a collection that every management API has is missing, the error says that there is no management API at the
// address.
func TestClassify_missingCollections(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.JSON("GET /api/vhosts?columns=name", 404, brokertest.Recorded(t, "4.3", "404-endpoint"))
	for _, err := range client(t, s.URL).VHosts(t.Context(), []record.Column{{Name: "name"}}) {
		sentence(t, err)
		if fail.KindOf(err) != fail.Unreachable || !strings.Contains(err.Error(), "has no management API under "+s.URL+
			"/api") {
			t.Errorf("%s: %v", fail.KindOf(err), err)
		}
	}
}

// The client must follow no redirect. If it followed a 301, 302 or 303 in answer to a change, it would send a GET that
// succeeds, and nothing would have been changed.
func TestClassify_redirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			var followed atomic.Int32
			target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				followed.Add(1)
				w.Header().Set("Content-Type", "application/json")
				io.WriteString(w, "{}")
			}))
			defer target.Close()
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, target.URL+"/elsewhere", status)
			}))
			defer s.Close()
			for how, err := range asked(t.Context(), client(t, s.URL)) {
				sentence(t, err)
				if fail.KindOf(err) != fail.Unreachable || !strings.Contains(err.Error(), s.URL+" redirects to "+target.URL+
					"/elsewhere") {
					t.Errorf("%s: %s: %v", how, fail.KindOf(err), err)
				}
			}
			if followed.Load() > 0 {
				t.Errorf("%d redirects were followed", followed.Load())
			}
		})
	}
}

func TestClassify_recordedRefusals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		file   string
		status int
		kind   fail.Kind
		want   string
	}{
		{"401-login", 401, fail.Denied, "wrong password, no such user"},
		{"401-tag", 401, fail.Denied, "has no tag that opens the management API"},
		{"401-monitor", 401, fail.Denied, "it needs the tag monitoring"},
		{"401-reserved-name", 401, fail.Denied, "has no permission for this"},
		{"400-inequivalent", 400, fail.Data,
			"the broker refused: inequivalent arg 'x-max-priority' for queue 'orders' in vhost '/': received '9' but current is '5'"},
		{"400-page", 400, fail.Data, "the broker refused: Invalid pagination parameters: page number 1, page size 501"},
		{"404-queue", 404, fail.NotFound, "has no such object: vhosts/%2F"},
		{"404-vhost", 404, fail.NotFound, "has no such object: vhosts/%2F"},
		{"404-endpoint", 404, fail.NotFound, "has no such object: vhosts/%2F"},
	}
	for _, release := range brokertest.Releases() {
		for _, tt := range tests {
			t.Run(release+" "+tt.file, func(t *testing.T) {
				t.Parallel()
				s := brokertest.New(t)
				s.JSON("GET /api/vhosts/%2F", tt.status, brokertest.Recorded(t, release, tt.file))
				_, err := client(t, s.URL).VHost(t.Context(), "/")
				if fail.KindOf(err) != tt.kind || !strings.Contains(err.Error(), tt.want) || broker.Status(err) != tt.status {
					t.Errorf("%s: %v", fail.KindOf(err), err)
				}
			})
		}
	}
}

// If a broker refuses a request because a virtual host is stopped, the error must say so. 3.10 and 4.3 send the first
// reason when a classic queue is declared in a stopped virtual host. The second reason has another cause.
func TestClassify_stoppedVHost(t *testing.T) {
	t.Parallel()
	for reason, want := range map[string]string{
		`Cannot declare a queue 'queue 'q' in vhost 'a b'' on node 'rabbit@a': {vhost_supervisor_not_running,<<"a b">>}`: "virtual host a b is stopped on the node of ",
		`Cannot declare a queue 'queue 'q' in vhost 'v'' on node 'rabbit@a': {other,<<"v">>}`:                            "the broker refused: Cannot declare a queue",
	} {
		s := brokertest.New(t)
		body, err := json.Marshal(map[string]string{"error": "bad_request", "reason": reason})
		if err != nil {
			t.Fatal(err)
		}
		s.JSON("GET /api/vhosts/%2F", 400, string(body))
		_, err = client(t, s.URL).VHost(t.Context(), "/")
		if !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v", reason, err)
		}
		if strings.HasPrefix(want, "virtual") && (fail.KindOf(err) != fail.Unavailable || !strings.Contains(steps.Of(err),
			"restart_vhost -p 'a b'")) {
			t.Errorf("%s: %s", fail.KindOf(err), steps.Of(err))
		}
	}
}

// 4.3 gives up a change if no majority of the nodes runs, and may still make it when the nodes are back. So such a
// change is not refused: its outcome is unknown. The reasons are those of 4.3; the last two are real refusals.
func TestChange_withoutMajority(t *testing.T) {
	t.Parallel()
	for reason, unknown := range map[string]bool{
		"Could not declare queue 'q' in vhost '/' on node 'a@b' because the metadata store operation timed out":      true,
		"Could not declare quorum queue 'q' in vhost '/' on node 'a' because the metadata store operation timed out": true,
		"The operation to delete the queue from the metadata store timed out":                                        true,
		"failed to declare exchange 'x' in vhost '/' because the operation timed out":                                true,
		"Could not add binding due to timeout":                                                                       true,
		"timeout":                                                                                                    true,
		"invalid arg 'x-consumer-timeout' for queue 'q' in vhost '/'":                                                false,
		"inequivalent arg 'durable' for queue 'timeout' in vhost '/'":                                                false,
	} {
		s := brokertest.New(t)
		body, err := json.Marshal(map[string]string{"error": "bad_request", "reason": reason})
		if err != nil {
			t.Fatal(err)
		}
		s.JSON("DELETE /api/queues/%2F/q?", 400, string(body))
		err = client(t, s.URL).DeleteQueue(t.Context(), "/", "q", broker.DeleteOnly{})
		if got := broker.OutcomeOf(err) == "unknown"; got != unknown || unknown != (fail.KindOf(err) == fail.Lost) {
			t.Errorf("%s: %s %v", reason, fail.KindOf(err), err)
		}
		if unknown && !strings.HasPrefix(err.Error(), "queue q in virtual host / may still be deleted later") {
			t.Errorf("%s: %v", reason, err)
		}
	}
}

func TestAlarms(t *testing.T) {
	t.Parallel()
	const check = "GET /api/health/checks/alarms"
	tests := []struct {
		name   string
		answer func(*brokertest.Server)
		want   []broker.Alarm
		kind   fail.Kind // of the error; "" for none
	}{
		{"none", func(s *brokertest.Server) { s.JSON(check, 200, `{"status":"ok"}`) }, []broker.Alarm{}, ""},
		{"disk and memory", func(s *brokertest.Server) {
			s.JSON(check, 503, `{"status":"failed","reason":"There are alarms in effect in the cluster","alarms":[`+
				`{"node":"rabbit@a","resource":"disk space"},{"node":"rabbit@b","resource":"memory"},{"node":"rabbit@c","resource":"file_descriptor_limit"}]}`)
		}, []broker.Alarm{{Node: "rabbit@a", Resource: "disk"}, {Node: "rabbit@b", Resource: "memory"},
			{Node: "rabbit@c", Resource: "file_descriptor_limit"}}, ""},
		{"a failure that names no alarm", func(s *brokertest.Server) {
			s.JSON(check, 503, `{"status":"failed","reason":"x"}`)
		}, nil, fail.Data},
		{"the HTML 503 of a proxy", func(s *brokertest.Server) {
			s.Handle(check, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				w.WriteHeader(503)
				io.WriteString(w, "<html>no backend</html>")
			})
		}, nil, fail.Unreachable},
		{"an older release", func(s *brokertest.Server) {
			s.JSON(check, 404, `{"error":"Object Not Found","reason":"Not Found"}`)
		}, nil, fail.Unavailable},
		{"denied", func(s *brokertest.Server) {
			s.JSON(check, 401, `{"error":"not_authorised","reason":"Not management user"}`)
		}, nil, fail.Denied},
		{"no JSON at all", func(s *brokertest.Server) { s.JSON(check, 200, `ok`) }, nil, fail.Incomplete},
		{"a body that breaks off", func(s *brokertest.Server) { s.JSON(check, 200, `{"status":`) }, nil, fail.Incomplete},
		{"an empty answer", func(s *brokertest.Server) { s.JSON(check, 200, ``) }, nil, fail.Incomplete},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			tt.answer(s)
			got, err := client(t, s.URL).Alarms(t.Context())
			if fail.KindOf(err) != tt.kind {
				t.Errorf("%s: %v", fail.KindOf(err), err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAlarms_recorded(t *testing.T) {
	t.Parallel()
	for _, release := range brokertest.Releases() {
		s := brokertest.New(t)
		s.JSON("GET /api/health/checks/alarms", 503, brokertest.Recorded(t, release, "alarms-disk"))
		s.JSON("GET /api/health/checks/alarms", 200, brokertest.Recorded(t, release, "alarms-ok"))
		c := client(t, s.URL)
		for _, want := range [][]broker.Alarm{{{Node: "rabbit@localhost", Resource: "disk"}}, {}} {
			got, err := c.Alarms(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s", release, diff)
			}
		}
	}
}

func TestNew_refusesWhatIsNoURL(t *testing.T) {
	for _, base := range []string{"", "localhost", "localhost:15672", "127.0.0.1:15672", "ftp://host", "http://",
		"http:// bad", "amqp://host:5672", "http://user@host:15672", "http://user:hush@host:15672"} {
		if _, err := broker.New(broker.Options{BaseURL: base}); fail.KindOf(err) != fail.Config || steps.Of(err) == "" ||
			strings.Contains(err.Error()+steps.Of(err), "hush") {
			t.Errorf("%q: %v", base, err)
		}
	}
	c, err := broker.New(broker.Options{BaseURL: "https://mq.example.com:15671/rabbit/"})
	if err != nil || c.BaseURL() != "https://mq.example.com:15671/rabbit" {
		t.Errorf("%v %v", c, err)
	}
}

func TestListing_brokenBodies(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body string
		rows       int
		kind       fail.Kind
	}{
		{"truncated between rows", `[{"name":"a"},{"name":"b"},`, 2, fail.Incomplete},
		{"truncated in a row", `[{"name":"a"},{"name":`, 1, fail.Incomplete},
		{"an object", `{"name":"a"}`, 0, fail.Data},
		{"no JSON", `oops`, 0, fail.Incomplete},
		{"no JSON after a row", `[{"name":"a"},oops]`, 1, fail.Incomplete},
		{"empty", ``, 0, fail.Incomplete},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON("GET /api/vhosts?columns=name", 200, tt.body)
			var rows int
			var last error
			for row, err := range client(t, s.URL).VHosts(t.Context(), []record.Column{{Name: "name"}}) {
				if last = err; err == nil {
					rows++
					if row[0].Text() == "" {
						t.Error("an empty row")
					}
				}
			}
			sentence(t, last)
			if rows != tt.rows || fail.KindOf(last) != tt.kind || strings.Contains(last.Error(), "jsontext") {
				t.Errorf("%d rows, %s: %v", rows, fail.KindOf(last), last)
			}
		})
	}
}

// If the connection ends before the announced 1000 bytes have come, the complete row is listed, and the listing ends
// with an error of kind Incomplete.
func TestListing_connectionBreaksOff(t *testing.T) {
	t.Parallel()
	address := speaking(t,
		afterRequest("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n[{\"name\":\"a\"},"))
	rows := 0
	var last error
	for _, err := range client(t, "http://"+address).VHosts(t.Context(), []record.Column{{Name: "name"}}) {
		if last = err; err == nil {
			rows++
		}
	}
	if rows != 1 || fail.KindOf(last) != fail.Incomplete {
		t.Errorf("%d rows, %s: %v", rows, fail.KindOf(last), last)
	}
}

// capture is a writer for the trace of several requests at the same time.
type capture struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (c *capture) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.b.Write(p)
}

func (c *capture) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.b.String()
}
