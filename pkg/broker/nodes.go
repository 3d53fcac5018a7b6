package broker

import (
	"context"
	"iter"
	"net/url"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Nodes lists the cluster's nodes. Figures can be ten seconds old; those of a node that does not run are absent.
func (c *Client) Nodes(ctx context.Context, columns []record.Column) iter.Seq2[record.Row, error] {
	return c.rows(ctx, Path("nodes"), url.Values{"columns": {columnsQuery(columns)}}, columns)
}
