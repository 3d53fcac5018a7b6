package broker

import "context"

// ClusterName is what the cluster is called: the name of its first node, unless somebody gave it another.
func (c *Client) ClusterName(ctx context.Context) (string, error) {
	v, err := c.value(ctx, Path("cluster-name"), nil, objectWith("name"))
	return v.At("name").Text(), err
}
