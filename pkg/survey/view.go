package survey

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// View asks the node that answers for its account of the cluster.
func View(ctx context.Context, c *broker.Client) (diagnose.View, []Address, error) {
	overview, err := c.Overview(ctx)
	v := viewIn(overview, c)
	if err != nil {
		return v, nil, err
	}
	if v.Members, err = Members(ctx, c); err != nil {
		return v, nil, err
	}
	if v.Alarms, err = Alarms(ctx, c); err != nil {
		return v, nil, err
	}
	base, err := url.Parse(c.BaseURL())
	if err != nil {
		return v, nil, err
	}
	var out []Address
	for _, m := range v.Members {
		if m.Name != v.Node {
			out = append(out, addressOf(m.Name, base, overview))
		}
	}
	return v, out, nil
}

// viewIn reads who gives the account out of the overview that c was sent.
func viewIn(overview record.Value, c *broker.Client) diagnose.View {
	return diagnose.View{URL: c.BaseURL(), Node: overview.At("node").Text(), ClusterName: overview.At("cluster_name").Text(),
		Version: overview.At("rabbitmq_version").Text(), Erlang: overview.At("erlang_version").Text()}
}

// Address is where a node's own API is.
type Address struct {
	Node string
	// URL is "" where Unknown says why it cannot be told.
	URL, Unknown string
}

// addressOf finds where a node's API is: from the listeners of the overview, which has those of running nodes; for others
// on the node's host, by the port and scheme that the first node was asked by. An address that would carry a password over
// plain text, where the first node speaks TLS, or to another program on this host, is refused.
func addressOf(node string, base *url.URL, overview record.Value) Address {
	a := Address{Node: node}
	_, host, _ := strings.Cut(node, "@")
	u := url.URL{Scheme: base.Scheme, Path: base.Path}
	found, plain := false, false
	overview.At("listeners").Each(func(l record.Value) {
		scheme := l.At("protocol").Text()
		if l.At("node").Text() != node || found || scheme != "http" && scheme != "https" {
			return
		}
		if scheme == "http" && base.Scheme == "https" {
			plain = true
			return
		}
		// 3.10 says :: for a listener of one address, which stands among its options only.
		ip := l.At("socket_opts.ip").Text()
		if ip == "" {
			ip = l.At("ip_address").Text()
		}
		if parsed, err := netip.ParseAddr(ip); err != nil || parsed.IsUnspecified() {
			ip = host
		}
		found = true
		u.Scheme, u.Host = scheme, net.JoinHostPort(ip, l.At("port").Text())
	})
	switch {
	case found && isLoopback(u.Hostname()) && !isLoopback(base.Hostname()):
		a.Unknown = "it listens on the loopback of its own host only"
	case found:
		a.URL = u.String()
	case plain:
		a.Unknown = "it offers its API over plain HTTP only, and the password came over TLS"
	case host == "" || strings.EqualFold(host, base.Hostname()) || isLoopback(host):
		a.Unknown = "where its API is cannot be told while it does not run"
	default:
		u.Host = host
		if base.Port() != "" {
			u.Host = net.JoinHostPort(host, base.Port())
		}
		a.URL = u.String()
	}
	return a
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
