package broker

import (
	"context"
	"iter"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// UsedDeprecatedFeatures lists the deprecated features that are in use. Releases before 3.13 do not offer it: a Refusal
// with status 404.
func (c *Client) UsedDeprecatedFeatures(ctx context.Context, columns []record.Column) iter.Seq2[record.Row, error] {
	return c.rows(ctx, Path("deprecated-features", "used"), planStats(columns), columns)
}
