package broker

import (
	"context"
	"iter"
	"net/url"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// VHosts lists the virtual hosts that the user may see.
func (c *Client) VHosts(ctx context.Context, columns []record.Column) iter.Seq2[record.Row, error] {
	return c.rows(ctx, Path("vhosts"), url.Values{"columns": {columnsQuery(columns)}}, columns)
}

// VHost is one virtual host, everything that the API knows of it.
func (c *Client) VHost(ctx context.Context, name string) (record.Value, error) {
	return c.value(ctx, Path("vhosts", name), nil)
}
