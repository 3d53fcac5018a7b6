package node

import (
	"context"
	"iter"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func logLocation() verb.List {
	return verb.List{
		Name:  "log_location",
		Short: "List the log files of each node",
		Long: `List the log files of each node, as paths on the node's own machine. A node that does not run has one row
without a file, since the other nodes do not know where its log is. The user needs the tag monitoring.`,
		Example: `  rabbitctl log_location
  rabbitctl log_location file --where 'node == "rabbit@a"' --no-table-headers`,
		Group: "node",
		Table: record.Table{
			Noun:    "log files",
			Default: []string{"node", "file"},
			Columns: []record.Column{
				{Name: "node", Kind: record.Text, Help: "the node"},
				{Name: "file", Kind: record.Text,
					Help: "the path of one of its log files, or <stdout>; empty where it is not known"},
			},
		},
		Rows: verb.OfFigures(logFiles),
	}
}

func logFiles(ctx context.Context, c *broker.Client, ask verb.Ask,
	columns []record.Column) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		var silent []string
		type node struct {
			name  record.Value
			files []record.Value
		}
		reader := record.NewReader(func(b *record.Binder, n *node) {
			b.Value("name", func(v record.Value) { n.name = v })
			b.Value("log_files", func(v record.Value) {
				v.Each(func(file record.Value) { n.files = append(n.files, file) })
			})
		})
		for n, err := range reader.All(c.Nodes(ctx, reader.Columns())) {
			if err != nil {
				yield(nil, err)
				return
			}
			if len(n.files) == 0 {
				silent, n.files = append(silent, n.name.Text()), []record.Value{nil}
			}
			for _, file := range n.files {
				if !yield(record.Filled(columns, map[string]record.Value{"node": n.name, "file": file}), nil) {
					return
				}
			}
		}
		if len(silent) > 0 {
			ask.Note("the log files of %s are not known; rabbitctl list_nodes shows which nodes run", strings.Join(silent, ", "))
		}
	}
}
