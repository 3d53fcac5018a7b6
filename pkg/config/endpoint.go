package config

import (
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// These are the defaults in RabbitMQ's documentation. The ports are used when neither a port nor a URL with a scheme is
// given, and for every URL without a port in ~/.rabbitmqadmin.conf.
const (
	defaultHost      = "127.0.0.1"
	defaultPort      = 15672
	defaultPortHTTPS = 15671
)

// Endpoint is the address of a management API. All fields are set; PathPrefix may be empty.
type Endpoint struct {
	Scheme string // http or https
	Host   string // lower case; an IPv6 address without brackets
	Port   int
	// PathPrefix comes before /api: empty, or percent-encoded with a leading slash and without a trailing one.
	PathPrefix string
}

// String returns the base URL, without a trailing slash and without /api. It leaves out the scheme's standard port (80,
// 443), because a proxy may compare the Host header.
func (e Endpoint) String() string {
	return e.Scheme + "://" + e.HostPort() + e.PathPrefix
}

// HostPort returns host:port as in a URL; the scheme's standard port is left out.
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

// standardPort returns the port that a URL without a port means.
func standardPort(scheme string) int {
	if scheme == "https" {
		return 443
	}
	return 80
}

// sameHost reports whether credentials for one host may be sent to the other: the names are equal, or each is
// localhost, 127.0.0.1 or ::1.
func sameHost(a, b string) bool { return hostIdentity(a) == hostIdentity(b) }

// isLoopback reports whether the host is an address of the loopback, or localhost.
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
