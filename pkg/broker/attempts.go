package broker

import (
	"context"
	"iter"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// AuthAttempts lists how often clients logged in, or tried to, at each running node: by protocol or, with bySource, by
// address and user too. Nodes count by address and user only if they are configured to.
func (c *Client) AuthAttempts(ctx context.Context, bySource bool,
	columns []record.Column) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		type node struct{ name, running record.Value }
		reader := record.NewReader(func(b *record.Binder, n *node) {
			b.Value("name", func(v record.Value) { n.name = v })
			b.Value("running", func(v record.Value) { n.running = v })
		})
		for n, err := range reader.All(c.Nodes(ctx, reader.Columns())) {
			if err != nil {
				yield(nil, err)
				return
			}
			if running, ok := n.running.Bool(); ok && !running {
				continue
			}
			for row, err := range c.AuthAttemptsOf(ctx, n.name.Text(), bySource, columns) {
				if !yield(row, err) || err != nil {
					return
				}
			}
		}
	}
}

// AuthAttemptsOf lists the same as AuthAttempts for one node. A node that does not run, or is not in the cluster, is an
// error.
func (c *Client) AuthAttemptsOf(ctx context.Context, node string, bySource bool,
	columns []record.Column) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		path := Path("auth", "attempts", node)
		if bySource {
			path = Path("auth", "attempts", node, "source")
		}
		asked := ofNode(columns, record.Of(node))
		for row, err := range c.Rows(ctx, path, OfColumns(asked), asked) {
			if fail.KindOf(err) == fail.NotFound {
				err = fail.New(fail.Unavailable, "node %s has stopped or left the cluster in the meantime", node).
					Next("run the same command again: it then asks the nodes that run")
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// ofNode fills the column node, which an answer about one node leaves out.
func ofNode(columns []record.Column, name record.Value) []record.Column {
	filled := append([]record.Column(nil), columns...)
	for i := range filled {
		if filled[i].Name == "node" {
			filled[i].Const = name
		}
	}
	return filled
}
