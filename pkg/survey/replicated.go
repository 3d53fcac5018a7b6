package survey

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/query"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// ReplicatedNames chooses queues by their names, as --match and --exclude of a listing do.
func ReplicatedNames(match, exclude []string) (*query.Query, error) {
	table := record.Table{Noun: "queues", Columns: []record.Column{
		{Name: "name"}, {Name: "vhost"}, {Name: "type"},
		// 3.10 has no leader for streams, but their node.
		{Name: "leader", Else: "node"},
		{Name: "members", Kind: record.List}, {Name: "online", Kind: record.List},
	}}
	return query.Compile(query.Spec{Match: match, Exclude: exclude}, table, table.Columns)
}

// Replicated lists the quorum queues and streams of a virtual host, or of all that the user may see when vhost is "",
// with their members. names is made by ReplicatedNames. All queues are asked for, since the API cannot choose by type.
func Replicated(ctx context.Context, c *broker.Client, vhost string, names *query.Query) ([]health.Replicated, error) {
	var out []health.Replicated
	for row, err := range names.Rows(c.Queues(ctx, vhost, names.Columns())) {
		if err != nil {
			return nil, err
		}
		q := health.Replicated{Name: row[0].Text(), VHost: row[1].Text(), Type: row[2].Text(), Leader: row[3].Text()}
		if q.Type != "quorum" && q.Type != "stream" {
			continue
		}
		row[4].Each(func(m record.Value) { q.Members = append(q.Members, m.Text()) })
		row[5].Each(func(m record.Value) { q.Online = append(q.Online, m.Text()) })
		out = append(out, q)
	}
	return out, nil
}
