package broker

import (
	"bytes"
	"context"
	"maps"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// nodeIdentity is which node tells metrics. The overview says at which port a node serves them, but behind an address of its
// own (a container, a tunnel) that port may be another broker's, whose queues may well have the same names.
type nodeIdentity struct {
	node, cluster, clusterID string
}

// verify asks each of the nodes for its identity. The error says which one does not serve its metrics there.
func (c *Client) verify(ctx context.Context, at map[string]string, overview record.Value) error {
	want := nodeIdentity{cluster: overview.At("cluster_name").Text(), clusterID: c.clusterID(ctx)}
	for _, node := range slices.Sorted(maps.Keys(at)) {
		// It is told with every family, and these are few lines.
		body, err := c.scrape(ctx, at[node], "/metrics/detailed?family=node_metrics")
		if err != nil {
			return err
		}
		var got nodeIdentity
		err = eachLine(timely{ctx, body}, got.read)
		body.Close()
		if err != nil {
			return c.broken(ctx, nil, err)
		}
		want.node = node
		if !want.is(got) {
			return fail.New(fail.Unavailable, "what is at %s is not %s, but %s", at[node], want, got).
				Next("that port leads to another broker from here; --source api needs the management port only")
		}
	}
	return nil
}

// clusterID is what the cluster calls itself for ever; "" for users who may not know, which takes the tag policymaker.
func (c *Client) clusterID(ctx context.Context) string {
	v, err := c.value(ctx, Path("global-parameters", "internal_cluster_id"), nil, objectNamed("internal_cluster_id"))
	if err != nil {
		return ""
	}
	return v.At("value").Text()
}

const identityMetric = "rabbitmq_identity_info{"

// read takes the identity from the line that has it: rabbitmq_identity_info{rabbitmq_node="a@h",rabbitmq_cluster="c"} 1
func (i *nodeIdentity) read(line []byte) {
	line, ok := bytes.CutPrefix(line, []byte(identityMetric))
	for more := ok; more; {
		var name, value, scratch []byte
		if name, value, line, more, ok = nextLabel(line, &scratch); !ok {
			return
		}
		switch string(name) {
		case "rabbitmq_node":
			i.node = string(value)
		case "rabbitmq_cluster":
			i.cluster = string(value)
		case "rabbitmq_cluster_permanent_id":
			i.clusterID = string(value)
		}
	}
}

// is compares what is known on both sides; the node always is.
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
