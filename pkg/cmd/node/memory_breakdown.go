package node

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func memoryBreakdown() verb.Show {
	return verb.Show{
		Name:  "memory_breakdown",
		Short: "Show what a node's memory is used for, the largest part first",
		Long: `Show what a node's memory is used for, the largest part first, each part with its share of the whole.
Without NODE the command shows the node whose API answers. The user needs the tag monitoring.`,
		Example: `  rabbitctl memory_breakdown
  rabbitctl memory_breakdown rabbit@b -o json`,
		Args: []verb.Arg{name()},
		Read: func(ctx context.Context, c *broker.Client, ask verb.Ask) (record.Document, error) {
			node, err := asked(ctx, c, ask)
			if err != nil {
				return nil, err
			}
			raw, err := member(ctx, c, node)
			if err != nil {
				return nil, err
			}
			return breakdown(c, node, raw)
		},
	}
}

// asked returns the node that the command line names, or else the node that answers.
func asked(ctx context.Context, c *broker.Client, ask verb.Ask) (string, error) {
	if len(ask.Args) > 0 {
		return ask.Args[0], nil
	}
	overview, err := c.Overview(ctx)
	return overview.At("node").Text(), err
}

func breakdown(c *broker.Client, node string, raw record.Value) (record.Document, error) {
	type part struct {
		name  string
		bytes float64
	}
	var parts []part
	total := 0.0
	for _, f := range memoryParts() {
		n, ok := raw.At("memory." + f).Number()
		switch {
		case !ok:
		case strings.HasPrefix(f, "total."):
			// As in rabbitmq-diagnostics, the parts are shares of the largest of the totals.
			total = max(total, n)
		default:
			parts = append(parts, part{f, n})
		}
	}
	if len(parts) == 0 {
		return nil, fail.New(fail.Unavailable,
			"%s does not report the memory of node %s: the node is down or has just started, or the node that answers "+
				"cannot reach it", c.BaseURL(), node).
			Next("rabbitctl list_nodes shows which nodes run")
	}
	slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(b.bytes, a.bytes) })
	s := record.Section{Name: "memory", Columns: []record.Column{{Name: "part"}, {Name: "bytes", Kind: record.Bytes},
		{Name: "share", Kind: record.Ratio}}}
	for _, p := range parts {
		var share record.Value
		if total > 0 {
			share = record.Of(float64(int64(p.bytes/total*10000)) / 10000)
		}
		s.Rows = append(s.Rows, record.Row{record.Of(p.name), record.Of(int64(p.bytes)), share})
	}
	return record.Document{record.Fields("",
		record.Field{Column: record.Column{Name: "node"}, Value: record.Of(node)},
		record.Field{Column: record.Column{Name: "total", Kind: record.Bytes}, Value: record.Of(int64(total))},
		record.Field{Column: record.Column{Name: "strategy"}, Value: raw.At("memory.strategy")},
	), s}, nil
}
