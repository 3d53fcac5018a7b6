package survey

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// View asks the answering node for its view of the cluster. It also returns the addresses of the APIs of the other
// members. If the answering node waits for another node, the view has only the facts that it knows alone.
func View(ctx context.Context, c *broker.Client) (diagnose.View, []Address, error) {
	overview, members, silence, err := account(ctx, c)
	v := viewOf(overview, members, silence, c)
	if err != nil {
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

// soon is the time within which a node answers if it does not wait for another node.
const soon = 500 * time.Millisecond

// account reads the overview and then the members. If the overview does not come soon, account asks for the members in
// the meantime, because both are then slow.
func account(ctx context.Context,
	c *broker.Client) (overview record.Value, members []health.Member, silence *broker.Silence, err error) {
	var failed error
	done, silent := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		overview, _, failed = c.Glimpse(ctx, silent)
	}()
	select {
	case <-done:
		if failed != nil {
			return nil, nil, nil, failed
		}
	case <-time.After(soon):
	}
	members, silence, err = listMembers(ctx, c)
	if silence != nil {
		close(silent)
	}
	<-done
	if failed != nil {
		err = failed
	}
	return overview, members, silence, err
}

// listMembers lists the nodes without their figures, which works even while a node is silent.
func listMembers(ctx context.Context, c *broker.Client) (members []health.Member, silence *broker.Silence, err error) {
	members, err = listed(ctx, c, (*broker.Client).Nodes, bindMember)
	if errors.As(err, &silence) {
		err = nil
	}
	return members, silence, err
}

// viewOf makes a view of an overview and the members. silence is nil if the node does not wait for another node.
func viewOf(overview record.Value, members []health.Member, silence *broker.Silence, c *broker.Client) diagnose.View {
	v := viewIn(overview, c)
	v.Members = members
	if silence == nil {
		return v
	}
	v.Waits, v.SilentNodes = true, silence.Silent
	for i, m := range v.Members {
		// The asked node answers.
		if m.Name == v.Node {
			v.Members[i].Running, v.Members[i].Version = true, v.Version
		}
	}
	return v
}

// viewIn reads the node's own name and releases out of the overview.
func viewIn(overview record.Value, c *broker.Client) diagnose.View {
	return diagnose.View{URL: c.BaseURL(), Node: overview.At("node").Text(), ClusterName: overview.At("cluster_name").
		Text(),
		Version: overview.At("rabbitmq_version").Text(), Erlang: overview.At("erlang_version").Text()}
}

// Address is the address of a node's own API.
type Address struct {
	Node string
	// URL is ""  if the address is not known; Unknown then says why.
	URL, Unknown string
}

// addressOf finds the address of a node's API. The overview has the listeners of running nodes. For any other node
// addressOf takes the node's host, with the port and the scheme of base, the URL of the asked node's API. If base has
// TLS, it refuses an address without TLS, because the password would be sent in plain text. It also refuses an address
// that may lead to another program, such as a loopback address of another machine.
func addressOf(node string, base *url.URL, overview record.Value) Address {
	_, host, _ := strings.Cut(node, "@")
	at, plain, unknown := listenerOf(node, host, base, overview)
	u := url.URL{Scheme: base.Scheme, Path: base.Path}
	switch {
	case at == nil && unknown != "":
		return Address{Node: node, Unknown: unknown}
	case at != nil && isLoopback(at.Hostname()) && !isLoopback(base.Hostname()):
		return Address{Node: node, Unknown: "it listens on the loopback of its own host only"}
	case at != nil:
		u.Scheme, u.Host = at.Scheme, at.Host
	case plain:
		return Address{Node: node, Unknown: "it offers its API over plain HTTP only, and the password is sent over TLS only"}
	case host == "" || strings.EqualFold(host, base.Hostname()) || isLoopback(host):
		return Address{Node: node, Unknown: "the asked node does not report where its API is"}
	case base.Port() != "":
		u.Host = net.JoinHostPort(host, base.Port())
	default:
		u.Host = host
	}
	return Address{Node: node, URL: u.String()}
}

// listenerOf returns the node's first listener of the API that may be used, or nil if there is none. unknown says why a
// listener cannot be read. plain means that the node has a listener without TLS, while base, the URL of the asked
// node's API, has TLS.
func listenerOf(node, host string, base *url.URL, overview record.Value) (at *url.URL, plain bool, unknown string) {
	overview.At("listeners").Each(func(l record.Value) {
		scheme := l.At("protocol").Text()
		if l.At("node").Text() != node || at != nil || scheme != "http" && scheme != "https" {
			return
		}
		if scheme == "http" && base.Scheme == "https" {
			plain = true
			return
		}
		// For a listener on one address 3.10 reports ::, and the address itself only among the listener's options.
		ip := l.At("socket_opts.ip").Text()
		if ip == "" {
			ip = l.At("ip_address").Text()
		}
		if parsed, err := netip.ParseAddr(ip); err != nil || parsed.IsUnspecified() {
			ip = host
		}
		port, err := broker.PortOf(l)
		if err != nil {
			unknown = err.Error()
			return
		}
		at = &url.URL{Scheme: scheme, Host: net.JoinHostPort(ip, port)}
	})
	return at, plain, unknown
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
