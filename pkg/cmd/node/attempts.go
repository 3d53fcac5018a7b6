package node

import (
	"context"
	"iter"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func listAuthAttempts() verb.List {
	return verb.List{
		Name:  "list_node_auth_attempt_stats",
		Short: "List how often clients logged in, or failed to",
		Long: `List how often clients logged in, or failed to, on each running node, by protocol, since the node started or
since reset_node_auth_attempt_metrics. If the column remote_address or username is shown, or used by a flag such as
--where or --match, the attempts are listed by source, as with rabbitmqctl's --by-source. A node counts attempts by
source only after enable_auth_attempt_source_tracking, or with {rabbit, [{track_auth_attempt_source, true}]} in its
advanced.config. Otherwise it has no rows in a listing by source; if no node has rows, a note says so. The user needs
the tag monitoring.`,
		Example: `  rabbitctl list_node_auth_attempt_stats
  rabbitctl list_node_auth_attempt_stats --where 'auth_attempts_failed > 0'
  rabbitctl list_node_auth_attempt_stats remote_address username auth_attempts_failed --sort -auth_attempts_failed`,
		Group: "protocol",
		Table: record.Table{
			Noun:    "authentication attempts",
			Default: []string{"node", "protocol", "auth_attempts", "auth_attempts_failed", "auth_attempts_succeeded"},
			Columns: []record.Column{
				{Name: "remote_address", Kind: record.Text, Help: "the client's address (empty for AMQP 1.0)"},
				{Name: "username", Kind: record.Text, Help: "the user's name"},
				{Name: "protocol", Kind: record.Text, Help: "http, amqp091, amqp10, mqtt or stream (brokers do not count STOMP)"},
				{Name: "auth_attempts", Kind: record.Count, Help: "all attempts"},
				{Name: "auth_attempts_failed", Kind: record.Count, Help: "failed attempts"},
				{Name: "auth_attempts_succeeded", Kind: record.Count, Help: "successful attempts"},
				// rabbitmqctl does not have the columns below.
				{Name: "node", Kind: record.Text, Help: "the node where clients logged in"},
			},
		},
		Rows: verb.OfNodes(attempts),
	}
}

// attempts lists the attempts, by source if a column of the source is wanted. --match and --exclude want
// remote_address, which the person who types them may not expect. So if there are no attempts by source, a note says how
// to list them by protocol.
func attempts(ctx context.Context, c *broker.Client, ask verb.Ask,
	columns []record.Column) iter.Seq2[record.Row, error] {
	bySource := record.IndexOf(columns, "remote_address") >= 0 || record.IndexOf(columns, "username") >= 0
	return func(yield func(record.Row, error) bool) {
		none := true
		for row, err := range c.AuthAttempts(ctx, bySource, columns) {
			none = false
			if !yield(row, err) {
				return
			}
		}
		if bySource && none {
			ask.Note("no node has attempts by source: a node counts them only after enable_auth_attempt_source_tracking; " +
				"without the columns remote_address and username, --match and --exclude, the attempts are listed by protocol")
		}
	}
}
