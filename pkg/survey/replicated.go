package survey

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/query"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// ReplicatedNames chooses queues by their names, as --match and --exclude of a listing do.
func ReplicatedNames(match, exclude []string) (*query.Query, error) {
	table := record.Table{Noun: "queues", Columns: replicatedColumns()}
	return query.Compile(query.Spec{Match: match, Exclude: exclude}, table, table.Columns)
}

// Replicated lists the quorum queues and streams of a virtual host, or of all that the user may see when vhost is "",
// with their members. names is made by ReplicatedNames. All queues are asked for, since the API cannot choose by type.
func Replicated(ctx context.Context, c *broker.Client, vhost string, names *query.Query) ([]health.Replicated, error) {
	var out []health.Replicated
	once := newRepeated()
	for row, err := range names.Rows(queues.Read(ctx, c, vhost, names.Columns())) {
		if err != nil {
			return nil, err
		}
		if q, ok := replicated(row, once); ok {
			out = append(out, q)
		}
	}
	return out, nil
}

func replicatedColumns() []record.Column {
	return []record.Column{
		{Name: "name"}, {Name: "vhost"}, {Name: "type"},
		// 3.10 has no leader for streams, but their node.
		{Name: "leader", Else: "node"},
		{Name: "members", Kind: record.List}, {Name: "online", Kind: record.List},
	}
}

// leaderOf is where replicatedColumns has the leader, or the node.
const leaderOf = 3

// replicated is the queue of a row; ok is false for one without members.
func replicated(row record.Row, once repeated) (q health.Replicated, ok bool) {
	q = health.Replicated{Type: once.text(row[2])}
	if q.Type != "quorum" && q.Type != "stream" {
		return q, false
	}
	q.Name, q.VHost, q.Leader = row[0].Text(), once.text(row[1]), once.text(row[3])
	q.Members, q.Online = once.texts(row[4]), once.texts(row[5])
	return q, true
}
