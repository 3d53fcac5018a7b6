package broker

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// classifier passes on only usable answers: JSON or no body with a status below 300 (only 200 for a read), the text of
// /api/config/effective, and the 503 of a failed health check. Everything else becomes a fail.Error that says what is
// wrong and, if that is known, what to do next.
type classifier struct {
	next http.RoundTripper
	base string
	who  *identity
	// route says which proxy a request goes through.
	route route
	// network finds out what else answers on a host.
	network Wire
}

func (t *classifier) RoundTrip(req *http.Request) (*http.Response, error) {
	start := time.Now()
	resp, err := t.next.RoundTrip(req)
	if err != nil {
		return nil, t.unreached(req, err, time.Since(start))
	}
	media, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	health := strings.Contains(req.URL.EscapedPath(), "/api/health/checks/")
	done := resp.StatusCode < 300
	if req.Method == http.MethodGet {
		// Brokers answer a read with 200. 206 (a part) and 204 (nothing) are not valid answers.
		done = resp.StatusCode == http.StatusOK
	}
	switch {
	case done && (media == "application/json" || media == "" && bodyless(resp)):
		return resp, nil
	case resp.StatusCode == http.StatusOK && media == "text/plain" && strings.HasSuffix(req.URL.EscapedPath(),
		"/api/config/effective"):
		return resp, nil // the one answer that is no JSON
	case resp.StatusCode == http.StatusServiceUnavailable && health && media == "application/json":
		return resp, nil
	}
	defer resp.Body.Close()
	return nil, t.refused(req, resp, media)
}

// bodyless tells whether no body follows; the answers to PUT and DELETE have none and name no media type.
func bodyless(resp *http.Response) bool {
	return resp.ContentLength == 0 || resp.StatusCode == http.StatusNoContent || resp.StatusCode == http.StatusCreated
}

// patience distinguishes two causes of a connection that closes without an answer. If the request waited longer than
// this, the broker gave it up: RabbitMQ's HTTP server does so after 60 s without a byte (measured on 3.10 with 50,000
// queues).
const patience = 10 * time.Second

// Parts of Go's error for an answer of the AMQP port, and for an answer of a port that speaks TLS.
const (
	answersAMQP = `malformed HTTP response "AMQP`
	answersTLS  = `malformed HTTP response "\x15\x03`
)

// unreached explains why no answer came; waited is the time that passed.
func (t *classifier) unreached(req *http.Request, err error, waited time.Duration) error {
	var (
		known       *fail.Error
		dns         *net.DNSError
		record      tls.RecordHeaderError
		netErr      net.Error
		unreachable = func(format string, args ...any) *fail.Error {
			e := fail.New(fail.Unreachable, format, args...)
			e.Err = err
			return e
		}
	)
	text := err.Error()
	host := req.URL.Hostname()
	place := t.base
	if proxy := t.route.answers(req); proxy != "" {
		place = "the proxy " + proxy + ", between here and " + t.base + ","
	}
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(req.Context().Err(), context.Canceled) && !errors.Is(context.Cause(req.Context()),
		context.DeadlineExceeded):
		return fail.InWords(context.Canceled)
	case errors.Is(context.Cause(req.Context()), context.DeadlineExceeded):
		return late(t.base)
	case t.route.broken(req):
		return fail.New(fail.Config, "the variable that names a proxy for %s cannot be used: %s", t.base, lastPart(text)).
			Next("%s", around(req.URL.Scheme, host))
	case failedAtProxy(err):
		return t.atProxy(req, err)
	case errors.As(err, &dns):
		return unreachable("the host name %s cannot be resolved", host).
			Do(fail.CheckHost)
	case isRefused(err):
		return unreachable("nothing listens at %s (connection refused)", t.base).
			Advise(t.whyRefused(req.Context(), req.URL))
	case isUnroutable(err):
		return unreachable("no route to %s", req.URL.Host).Next("check the network and the address")
	case strings.Contains(text, "server gave HTTP response to HTTPS client"), errors.As(err, &record):
		return unreachable("%s speaks plain text, not TLS", t.base).
			Next("use http:// and that port, or https:// and the TLS port (15671 by default)")
	case strings.Contains(text, answersAMQP):
		return unreachable("%s is an AMQP port, not the management API", t.base).
			Next("the management port is 15672 by default")
	case strings.Contains(text, answersTLS):
		return unreachable("%s speaks TLS, not plain HTTP", t.base).Do(fail.UseTLS)
	case strings.Contains(text, "malformed HTTP"):
		return unreachable("%s does not speak HTTP", place).Next("the management port is 15672 by default")
	case t.certificates(req, err) != nil:
		return t.certificates(req, err)
	case isReset(err), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		strings.Contains(text, "server closed idle connection"), strings.Contains(text, "malformed MIME header"):
		if waited > patience {
			return fail.New(fail.Timeout, "%s gave up after %s without an answer", place, waited.Round(time.Second)).
				Do(fail.AskForLess)
		}
		return unreachable("%s closed the connection without an answer", place).
			Next("is this the management port, and does that port expect http or https?")
	case errors.As(err, &netErr) && netErr.Timeout():
		return unreachable("%s did not accept the connection in time", t.base).
			Next("is a firewall between here and %s?", host)
	}
	return unreachable("cannot reach %s: %s", t.base, lastPart(text)).Next("check the address").Do(fail.SeeRequests)
}

// certificates returns the error that says why TLS failed, or nil if err is not about TLS.
func (t *classifier) certificates(req *http.Request, err error) error {
	var (
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
		alert     tls.AlertError
	)
	text, host := err.Error(), req.URL.Hostname()
	unreachable := func(format string, args ...any) *fail.Error {
		e := fail.New(fail.Unreachable, format, args...)
		e.Err = err
		return e
	}
	switch {
	case errors.As(err, &authority):
		return unreachable("the certificate of %s is signed by an authority that is not trusted here", host).
			Do(fail.GiveAuthority)
	case errors.As(err, &hostname):
		return unreachable("the certificate is not for %s: %s", host, hostname.Error()).
			Next("use a name that the certificate has")
	case errors.As(err, &invalid):
		return unreachable("the certificate of %s is not valid: %s", host, invalid.Error()).
			Next("renew it").Do(fail.TrustAnyone)
	case errors.As(err, &alert), strings.Contains(text, "remote error: tls"), strings.Contains(text, "tls:"):
		return unreachable("TLS with %s failed: %s", req.URL.Host, lastPart(text)).Do(fail.CheckCertificates)
	}
	return nil
}

// whyRefused finds out which other ports of that host answer, and returns the next step.
func (t *classifier) whyRefused(ctx context.Context, u *url.URL) fail.Advice {
	return afterRefusal(u.Scheme, u.Port(), func(port string) bool {
		ctx, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
		defer cancel()
		conn, err := t.network.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
		if err != nil {
			return false
		}
		conn.Close()
		return true
	})
}

// afterRefusal returns the next step if nothing listens at a port. The management plugin can be disabled while the
// broker runs; then the AMQP port answers. That is a clue only for the plugin's default port. At any other port another
// broker may answer, so the advice is to check the port first.
func afterRefusal(scheme, port string, answers func(port string) bool) fail.Advice {
	usual, amqp := "15672", []string{"5672", "5671"}
	if scheme == "https" {
		usual = "15671"
	}
	switch i := slices.IndexFunc(amqp, answers); {
	case port != usual && answers(usual):
		return fail.Say("port %s, the default port of the management API, answers there: is that the port? ", usual).
			Do(fail.GiveURL)
	case port == usual && i >= 0:
		return fail.Say("AMQP port %s answers there, so perhaps only the management plugin is off: ", amqp[i]).
			Do(fail.EnableManagement).Say("if the API has another port, ").Do(fail.GiveURL)
	}
	return fail.Say("is the broker running, and is this its management port? ").Do(fail.GiveURL)
}

// lastPart returns the innermost reason of a wrapped network error.
func lastPart(text string) string {
	if i := strings.LastIndex(text, ": "); i >= 0 {
		return text[i+2:]
	}
	return text
}
