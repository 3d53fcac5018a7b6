package stream

import (
	"context"
	"iter"
	"maps"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func listTracking() verb.List {
	return verb.List{
		Name:  "list_stream_tracking",
		Short: "List what a stream remembers for its clients",
		Long: `List what a stream remembers for its clients, by their names: the offset that a consumer stored, and the sequence
number of the last message of a publisher. The stream is in the virtual host / unless -p names another. The
command needs the plugin rabbitmq_stream_management and release 3.13 or later.

For the offsets alone (rabbitmq-streams --offset) use --where 'type == "offset"'; for the publishers alone (--writer)
use --where 'type == "writer"'.`,
		Example: `  rabbitctl list_stream_tracking events
  rabbitctl list_stream_tracking events -p prod --where 'type == "offset"' --sort tracking_value`,
		Args:  []verb.Arg{name()},
		Group: "type",
		Table: record.Table{
			Noun:    "tracked consumers and publishers",
			Default: []string{"type", "name", "tracking_value"},
			Columns: []record.Column{
				{Name: "type", Kind: record.Text, Help: "offset or writer"},
				{Name: "name", Kind: record.Text, Help: "the consumer's or the publisher's name"},
				{Name: "tracking_value", Kind: record.Ordinal, Help: "the stored offset, or the last sequence number"},
			},
		},
		Scoped: true, OneVHost: true,
		Rows: tracking,
	}
}

func tracking(ctx context.Context, c *broker.Client, ask verb.Ask,
	columns []record.Column) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		tracked, err := c.StreamTracking(ctx, ask.VHost, ask.Args[0])
		if err != nil {
			yield(nil, err)
			return
		}
		for _, kind := range []struct{ member, word string }{{"offsets", "offset"}, {"writers", "writer"}} {
			values := tracked.At(kind.member).Map()
			for _, name := range slices.Sorted(maps.Keys(values)) {
				facts := map[string]any{"type": kind.word, "name": name, "tracking_value": values[name]}
				row := make(record.Row, len(columns))
				for i, c := range columns {
					row[i] = record.Of(facts[c.Name])
				}
				if !yield(row, nil) {
					return
				}
			}
		}
	}
}

// name is the argument that names a stream.
func name() verb.Arg {
	return verb.Arg{Name: "STREAM", Complete: func(ctx context.Context, c *broker.Client, vhost string) ([]string, error) {
		type queue struct{ name, kind string }
		reader := record.NewReader(func(b *record.Binder, q *queue) {
			b.Text("name", &q.name)
			b.Text("type", &q.kind)
		})
		var names []string
		for q, err := range reader.All(queues.Read(ctx, c, vhost, reader.Columns())) {
			if err != nil {
				return nil, err
			}
			if q.kind == "stream" {
				names = append(names, q.name)
			}
		}
		return names, nil
	}}
}
