// Package vhost has the commands about virtual hosts.
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

// Commands are this noun's commands, in the order of the help.
func Commands() []verb.Command { return []verb.Command{list(), show()} }

func list() verb.List {
	return verb.List{
		Name:  "list_vhosts",
		Short: "List virtual hosts",
		Long:  "List the virtual hosts that this user may see. While a node is missing what its queues hold is not counted: with figures the exit code is 75 then.",
		Example: `  rabbitctl list_vhosts
  rabbitctl list_vhosts name default_queue_type messages
  rabbitctl list_vhosts --where 'messages > 100000' -o json`,
		Table: table(),
		Rows:  rows,
	}
}

// rows ends as incomplete where figures are asked for and a node is missing: what its queues hold is not counted then, without a
// word (3.10 and 4.3).
func rows(ctx context.Context, c *broker.Client, ask verb.Ask, columns []record.Column) iter.Seq2[record.Row, error] {
	all := verb.OfBroker((*broker.Client).VHosts)
	if slices.ContainsFunc(columns, isFigure) {
		all = verb.OfNodes(all)
	}
	return all(ctx, c, ask, columns)
}

func isFigure(c record.Column) bool {
	root, _, _ := strings.Cut(c.Path(), ".")
	return strings.HasPrefix(root, "message") || strings.HasPrefix(root, "recv_oct") || strings.HasPrefix(root, "send_oct")
}
