package survey

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/query"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// ReplicatedNames makes a query that selects queues by their names, as --match and --exclude of a listing do.
func ReplicatedNames(match, exclude []string) (*query.Query, error) {
	table := record.Table{Noun: "queues", Columns: record.NewReader(replicated(newRepeated())).Columns()}
	return query.Compile(query.Spec{Match: match, Exclude: exclude}, table, table.Columns)
}

// Replicated lists quorum queues and streams with their members: of a virtual host or, if vhost is "", of all that the
// user may see. names comes from ReplicatedNames. Replicated reads all queues, since the API cannot select by type.
func Replicated(ctx context.Context, c *broker.Client, vhost string, names *query.Query) ([]health.Replicated, error) {
	var out []health.Replicated
	reader := record.NewReader(replicated(newRepeated()))
	for q, err := range reader.All(names.Rows(queues.Read(ctx, c, vhost, names.Columns()))) {
		if err != nil {
			return nil, err
		}
		if hasMembers(q) {
			out = append(out, q)
		}
	}
	return out, nil
}

// replicated reads a queue with its members.
func replicated(once repeated) func(*record.Binder, *health.Replicated) {
	return func(b *record.Binder, q *health.Replicated) {
		b.Text("name", &q.Name)
		b.Value("vhost", func(v record.Value) { q.VHost = once.text(v) })
		b.Value("type", func(v record.Value) { q.Type = once.text(v) })
		// For streams 3.10 reports no leader, only their node.
		b.Column(record.Column{Name: "leader", Else: "node"}, func(v record.Value) { q.Leader = once.text(v) })
		b.Column(record.Column{Name: "members", Kind: record.List}, func(v record.Value) { q.Members = once.texts(v) })
		b.Column(record.Column{Name: "online", Kind: record.List}, func(v record.Value) { q.Online = once.texts(v) })
	}
}

// hasMembers tells whether a queue is of a type that has members.
func hasMembers(q health.Replicated) bool { return q.Type == "quorum" || q.Type == "stream" }
