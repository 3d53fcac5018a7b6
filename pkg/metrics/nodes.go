package metrics

import (
	"context"
	"io"
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// places has, for each node name, the URL (without a path) at which the node serves its metrics.
type places map[string]string

// nodes returns the names of the nodes, sorted.
func (p places) nodes() []string { return slices.Sorted(maps.Keys(p)) }

// glance reads the overview with its listeners, and which nodes run. The error says why the broker reports no nodes or
// no listeners: a user without the tag monitoring gets neither, although the nodes serve metrics (3.10 to 4.3).
func glance(ctx context.Context, c *broker.Client) (overview record.Value, s broker.Standing, err error) {
	query := url.Values{"columns": {"node,cluster_name,listeners,disable_stats"}}
	// Every overview has disable_stats, whatever the user's tags are, and with or without statistics.
	if overview, err = c.Object(ctx, broker.Path("overview"), query, "disable_stats"); err != nil {
		return nil, s, err
	}
	if s, err = c.Standing(ctx); err == nil && (s.Nodes == 0 || !overview.At("listeners").Known()) {
		return nil, s, c.Hidden(ctx, "the nodes and listeners of "+c.BaseURL())
	}
	return overview, s, err
}

// listed returns the places of metrics that the overview lists. A node on the same host as the node that answers gets
// the host of the API's URL. Whether the right node serves its metrics there is checked by verify.
func listed(api string, overview record.Value) (places, error) {
	asked, err := url.Parse(api)
	if err != nil {
		return nil, fail.New(fail.Internal, "%w", err)
	}
	here := hostOf(overview.At("node").Text())
	found := places{}
	var odd error
	overview.At("listeners").Each(func(l record.Value) {
		scheme, ok := strings.CutSuffix(l.At("protocol").Text(), "/prometheus")
		if !ok {
			return
		}
		node := l.At("node").Text()
		host := asked.Hostname()
		if h := hostOf(node); h != here {
			host = h
		}
		port, err := broker.PortOf(l)
		if err != nil {
			odd = err
			return
		}
		found[node] = scheme + "://" + net.JoinHostPort(host, port)
	})
	return found, odd
}

// hostOf returns the host part of a node's name.
func hostOf(node string) string {
	_, host, _ := strings.Cut(node, "@")
	return host
}

// nodeIdentity says which node serves the metrics at an address. The overview has the port at which a node serves its
// metrics. But if the node is reached through another address (a container, a tunnel), that port may belong to another
// broker, whose queues may have the same names.
type nodeIdentity struct {
	node, cluster, clusterID string
}

// verify asks at each of the places for the node's identity. The error names the node that does not serve its metrics
// at its place.
func (p places) verify(ctx context.Context, c *broker.Client, overview record.Value) error {
	want := nodeIdentity{cluster: overview.At("cluster_name").Text(), clusterID: c.ClusterID(ctx)}
	for _, node := range p.nodes() {
		var got nodeIdentity
		// Every family comes with the identity, and this family has few lines.
		err := c.Scrape(ctx, p[node], "/metrics/detailed?family=node_metrics", func(r io.Reader) error {
			return eachSample(r, identityMetric, got.read)
		})
		if err != nil {
			return err
		}
		want.node = node
		if !want.is(got) {
			return fail.New(fail.Unavailable, "at %s there should be %s, but there is %s", p[node], want, got).
				Next("that port leads to another broker from here")
		}
	}
	return nil
}

// identityMetric is the beginning of this line: rabbitmq_identity_info{rabbitmq_node="a@h",rabbitmq_cluster="c"} 1
const identityMetric = "rabbitmq_identity_info{"

// read sets the identity from the labels of the line.
func (i *nodeIdentity) read(s *sample) {
	i.node, i.cluster = string(s.label("rabbitmq_node")), string(s.label("rabbitmq_cluster"))
	i.clusterID = string(s.label("rabbitmq_cluster_permanent_id"))
}

// is reports whether two identities are the same. The nodes must be equal. The cluster and its id count only if both
// sides know them.
func (i nodeIdentity) is(other nodeIdentity) bool {
	same := func(a, b string) bool { return a == "" || b == "" || a == b }
	return i.node == other.node && same(i.cluster, other.cluster) && same(i.clusterID, other.clusterID)
}

func (i nodeIdentity) String() string {
	if i.node == "" {
		return "nothing that says which node it is"
	}
	said := "node " + i.node + " of cluster " + i.cluster
	if i.clusterID != "" {
		said += " (" + i.clusterID + ")"
	}
	return said
}
