package erldist

import (
	"context"
	"sync"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
)

// Everywhere streams rows from several nodes of the client's cluster in parallel. It calls the functions of the
// parameter all on each of these nodes, because a node sends only its own rows, and nodes cannot connect to us; on each
// node these functions run one after the other. It calls the functions of the parameter alone only on the client's own
// node. The function each never runs twice at the same time. The first error ends Everywhere. If one of the nodes
// cannot be reached, no rows are read.
func (c *Client) Everywhere(ctx context.Context, nodes []string, all, alone []Rows,
	each func(row erlang.Term) error) error {
	own, err := c.connected(ctx)
	if err != nil {
		return err
	}
	links, errs := make([]*Link, len(nodes)), make([]error, len(nodes))
	var dialed sync.WaitGroup
	for i, name := range nodes {
		if name == own.Node {
			links[i] = own
			continue
		}
		dialed.Go(func() { links[i], errs[i] = c.beside(ctx, own, name) })
	}
	dialed.Wait()
	defer func() {
		for _, l := range links {
			if l != nil && l != own {
				l.Close()
			}
		}
	}()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	if len(nodes) > 0 {
		for _, r := range all {
			c.trace("rows of " + r.Module + ":" + r.Function + " on all nodes that run")
		}
	}
	var sources []Source
	for _, l := range links {
		sources = append(sources, Source{l, all})
	}
	if len(alone) > 0 {
		for _, r := range alone {
			c.trace("rows of " + r.Module + ":" + r.Function + " on node " + own.Node)
		}
		sources = append(sources, Source{own, alone})
	}
	return Everywhere(ctx, sources, each)
}

// beside connects to another node of the cluster, at the port that the node's epmd reports.
func (c *Client) beside(ctx context.Context, own *Link, name string) (*Link, error) {
	t := own.target
	t.Node, t.Port = name, 0
	l, err := Dial(ctx, t)
	if err == nil {
		c.trace("connected to node " + l.Node)
	}
	return l, err
}
