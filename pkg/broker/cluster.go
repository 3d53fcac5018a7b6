package broker

import "context"

// ClusterName returns the name of the cluster: the name of its first node, unless somebody gave the cluster another
// name.
func (c *Client) ClusterName(ctx context.Context) (string, error) {
	v, err := c.value(ctx, Path("cluster-name"), nil, objectWith("name"))
	return v.At("name").Text(), err
}

// ClusterID is the cluster's permanent identifier; "" for users without the tag policymaker, and if the request fails.
func (c *Client) ClusterID(ctx context.Context) string {
	v, err := c.value(ctx, Path("global-parameters", "internal_cluster_id"), nil, objectNamed("internal_cluster_id"))
	if err != nil {
		return ""
	}
	return v.At("value").Text()
}
