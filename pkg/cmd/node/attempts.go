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
advanced.config. Otherwise it has no rows in a listing by source. The user needs the tag monitoring.`,
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
		Rows: verb.OfNodes(
			func(ctx context.Context, c *broker.Client, _ verb.Ask, columns []record.Column) iter.Seq2[record.Row, error] {
				bySource := false
				for _, c := range columns {
					bySource = bySource || c.Name == "remote_address" || c.Name == "username"
				}
				return c.AuthAttempts(ctx, bySource, columns)
			}),
	}
}
