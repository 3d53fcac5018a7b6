package broker

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Wire is a client's only way to the network: each of its requests and connections goes through it.
type Wire interface {
	http.RoundTripper
	DialContext(ctx context.Context, network, address string) (net.Conn, error)
}

// tcp is the Wire to the real network.
type tcp struct{ *http.Transport }

// newTCP makes the wire to the endpoint.
func newTCP(o Options, endpoint *url.URL) tcp {
	return tcp{&http.Transport{
		Proxy:                  o.Proxy,
		DialContext:            (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:        o.TLS,
		TLSHandshakeTimeout:    10 * time.Second,
		MaxIdleConnsPerHost:    4,
		IdleConnTimeout:        90 * time.Second,
		OnProxyConnectResponse: connected,
		// On loopback, compressing costs the broker more than it saves.
		DisableCompression: isLoopback(endpoint.Hostname()),
	}}
}

// DialContext opens a connection for anything but requests to the management API. It has no time limit of its own: an
// attempt without an answer ends with the context, or when the operating system gives up.
func (tcp) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	return (&net.Dialer{}).DialContext(ctx, network, address)
}
