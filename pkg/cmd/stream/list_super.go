package stream

import (
	"context"
	"iter"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func listSuper() verb.List {
	return verb.List{
		Name:  "list_super_streams",
		Short: "List super streams and what their partitions hold",
		Long: `List the super streams, of all virtual hosts unless -p names one. A super stream is an exchange with the
argument x-super-stream. A stream that is bound to it is a partition if its name begins with the name of the super
stream and a hyphen, or if the binding has the argument x-stream-partition-order. The column messages is empty if
the count of at least one partition is not known, for example while a partition is young or its node is down. Counts
of messages of streams can be up to 10 seconds old.`,
		Example: `  rabbitctl list_super_streams
  rabbitctl list_super_streams name routing_keys -p prod
  rabbitctl list_super_streams --where 'partitions < 3'`,
		Table: record.Table{
			Noun:    "super streams",
			Default: []string{"vhost", "name", "partitions", "messages"},
			Columns: []record.Column{
				{Name: "vhost", Kind: record.Text, Help: "the virtual host"},
				{Name: "name", Kind: record.Text, Help: "the super stream's name, which is that of its exchange"},
				{Name: "partitions", Kind: record.Count, Help: "how many partitions it has"},
				{Name: "streams", Kind: record.List, Help: "the streams that are its partitions, in their order"},
				{Name: "routing_keys", Kind: record.List, Help: "the routing keys of the partitions, in their order"},
				{Name: "messages", Kind: record.Count, Help: "messages in all partitions"},
			},
		},
		Scoped: true,
		Rows:   superStreams,
	}
}

func superStreams(ctx context.Context, c *broker.Client, ask verb.Ask,
	columns []record.Column) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		messages := slices.ContainsFunc(columns, func(c record.Column) bool { return c.Name == "messages" })
		streams, incomplete, err := streamsOf(ctx, c, ask.VHost, messages)
		if err != nil {
			yield(nil, err)
			return
		}
		all, err := change.SuperStreams(ctx, c, ask.VHost, func(vhost, queue string) bool {
			_, is := streams[[2]string{vhost, queue}]
			return is
		})
		if err != nil {
			yield(nil, err)
			return
		}
		for _, s := range all {
			if !yield(superRow(s, streams, columns), nil) {
				return
			}
		}
		if incomplete != nil {
			yield(nil, incomplete)
		}
	}
}

func superRow(s change.SuperStream, messages map[[2]string]record.Value, columns []record.Column) record.Row {
	facts := map[string]any{"vhost": s.VHost, "name": s.Name, "partitions": len(s.Streams), "streams": s.Streams,
		"routing_keys": s.Keys}
	sum, known := int64(0), true
	for _, name := range s.Streams {
		n, is := messages[[2]string{s.VHost, name}].Int()
		sum, known = sum+n, known && is
	}
	row := make(record.Row, len(columns))
	for i, column := range columns {
		switch {
		case column.Name != "messages":
			row[i] = record.Of(facts[column.Name])
		case known:
			row[i] = record.Of(sum)
		}
	}
	return row
}

// streamsOf returns the streams by virtual host and name, with their numbers of messages if messages is set. If a node
// does not answer, what can be read is returned with the error incomplete.
func streamsOf(ctx context.Context, c *broker.Client, vhost string, messages bool) (streams map[[2]string]record.Value,
	incomplete, err error) {
	type queue struct {
		vhost, name, kind string
		messages          record.Value
	}
	reader := record.NewReader(func(b *record.Binder, q *queue) {
		b.Text("vhost", &q.vhost)
		b.Text("name", &q.name)
		b.Text("type", &q.kind)
		if messages {
			b.Value("messages", func(v record.Value) { q.messages = v })
		}
	})
	streams = map[[2]string]record.Value{}
	for q, err := range reader.All(queues.Read(ctx, c, vhost, reader.Columns())) {
		switch {
		case fail.KindOf(err) == fail.Incomplete:
			return streams, err, nil
		case err != nil:
			return nil, nil, err
		case q.kind == "stream":
			streams[[2]string{q.vhost, q.name}] = q.messages
		}
	}
	return streams, nil, nil
}
