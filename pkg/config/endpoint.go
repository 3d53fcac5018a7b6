package config

import (
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// Ports of the management API when neither a port nor a URL with a scheme is given, as in RabbitMQ's documentation.
const (
	defaultHost      = "127.0.0.1"
	defaultPort      = 15672
	defaultPortHTTPS = 15671
)

// Endpoint is where the management API is. All fields are set, except that PathPrefix is often empty.
type Endpoint struct {
	Scheme string // http or https
	Host   string // lower case; an IPv6 address without brackets
	Port   int
	// PathPrefix stands before /api: empty, or percent-encoded with a leading and without a trailing slash.
	PathPrefix string
}

// String is the base URL, without a trailing slash and without /api. The port is left out when it is the scheme's own
// (80, 443), because a proxy may compare the Host header.
func (e Endpoint) String() string {
	return e.Scheme + "://" + e.HostPort() + e.PathPrefix
}

// HostPort is host:port as a URL writes them, the port only when it is not the scheme's own.
func (e Endpoint) HostPort() string {
	host := strings.ReplaceAll(e.Host, "%", "%25") // the zone of an IPv6 address
	if e.Port == standardPort(e.Scheme) {
		if strings.Contains(host, ":") {
			return "[" + host + "]"
		}
		return host
	}
	return net.JoinHostPort(host, strconv.Itoa(e.Port))
}

// standardPort is the port that a URL of the scheme means when it has none.
func standardPort(scheme string) int {
	if scheme == "https" {
		return 443
	}
	return 80
}

// sameHost tells whether two hosts are one for the purpose of credentials. The names of the loopback are.
func sameHost(a, b string) bool { return hostIdentity(a) == hostIdentity(b) }

// isLoopback tells whether the host is this machine, by an address or by the name that always is one.
func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return hostIdentity(host) == "localhost" || err == nil && ip.IsLoopback()
}

func hostIdentity(host string) string {
	switch host = strings.TrimSuffix(strings.ToLower(host), "."); host {
	case "localhost", "127.0.0.1", "::1":
		return "localhost"
	}
	return host
}
