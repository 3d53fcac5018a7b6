package vhost

import (
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// wholeFigures adds a check that all nodes run, if the columns have figures. If a node is missing, the rows end with an
// error that they are incomplete: the broker silently leaves out what the queues of this node hold (3.10 and 4.3).
func wholeFigures(rows verb.Rows) verb.Rows {
	return func(
		ctx context.Context, c *broker.Client, ask verb.Ask, columns []record.Column,
	) iter.Seq2[record.Row, error] {
		if slices.ContainsFunc(columns, isFigure) {
			return verb.OfNodes(rows)(ctx, c, ask, columns)
		}
		return rows(ctx, c, ask, columns)
	}
}

func isFigure(c record.Column) bool {
	root, _, _ := strings.Cut(c.Path(), ".")
	return strings.HasPrefix(root, "message") || strings.HasPrefix(root, "recv_oct") || strings.HasPrefix(root, "send_oct")
}
