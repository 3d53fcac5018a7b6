package broker

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// route says which proxy requests go through: as http.Transport.Proxy.
type route func(*http.Request) (*url.URL, error)

// via returns the proxy that a request goes through, without a user and a password, or "" if there is no proxy.
func (r route) via(req *http.Request) string {
	if r == nil {
		return ""
	}
	proxy, err := r(req)
	if err != nil || proxy == nil {
		return ""
	}
	return proxy.Scheme + "://" + proxy.Host
}

// answers returns the proxy that may itself have answered a request or closed the connection. It returns "" if there is
// no proxy, or if TLS goes through the proxy to the other end.
func (r route) answers(req *http.Request) string {
	if req.URL.Scheme == "https" {
		return ""
	}
	return r.via(req)
}

// broken reports whether the environment names an invalid proxy.
func (r route) broken(req *http.Request) bool {
	if r == nil {
		return false
	}
	_, err := r(req)
	return err != nil
}

// around returns the next step for a failure that a proxy may have caused.
func around(scheme, host string) string {
	variable := "HTTP_PROXY"
	if scheme == "https" {
		variable = "HTTPS_PROXY"
	}
	return "check the variable " + variable + "; with NO_PROXY=" + host + " requests go to the broker without a proxy"
}

// failedAtProxy tells whether a connection failed between here and the proxy, or between the proxy and the broker.
func failedAtProxy(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && (op.Op == "proxyconnect" || op.Op == "socks connect")
}

// atProxy is the error for a failure at the proxy: it blames the proxy and not the broker.
func (t *classifier) atProxy(req *http.Request, err error) error {
	var dns *net.DNSError
	var timeout net.Error
	why := lastPart(err.Error())
	switch {
	case errors.As(err, &dns):
		why = "its host name cannot be resolved"
	case isRefused(err):
		why = "connection refused"
	case errors.As(err, &timeout) && timeout.Timeout():
		why = "it did not accept the connection in time"
	}
	e := fail.New(fail.Unreachable, "the proxy %s, between here and %s, cannot be used: %s", t.route.via(req),
		t.base, why).
		Next("%s", around(req.URL.Scheme, req.URL.Hostname()))
	e.Err = err
	return e
}

// connected reads the proxy's answer to the request to connect to a broker with TLS. Any status but 200 is an error.
func connected(_ context.Context, proxy *url.URL, connect *http.Request, resp *http.Response) error {
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	host, _, err := net.SplitHostPort(connect.Host)
	if err != nil {
		host = connect.Host
	}
	return refusedByProxy(proxy.Scheme+"://"+proxy.Host, connect.Host, "https", host, resp.StatusCode)
}

// refusedByProxy says that the proxy itself answered, and not the broker.
func refusedByProxy(proxy, target, scheme, host string, status int) *fail.Error {
	if status == http.StatusProxyAuthRequired {
		return fail.New(fail.Unreachable,
			"the proxy %s, between here and %s, wants a user and a password (status 407)", proxy, target).
			Next("%s", around(scheme, host))
	}
	return fail.New(fail.Unreachable, "the proxy %s does not reach %s (status %d %s)",
		proxy, target, status, http.StatusText(status)).
		Next("%s", around(scheme, host))
}

// proxiesSay reports whether proxies use the status to say that they do not pass a request on.
func proxiesSay(status int) bool {
	switch status {
	case http.StatusForbidden, http.StatusProxyAuthRequired, http.StatusBadGateway, http.StatusServiceUnavailable,
		http.StatusGatewayTimeout:
		return true
	}
	return false
}
