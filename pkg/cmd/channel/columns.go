package channel

import "github.com/rabbitctl/rabbitctl/pkg/record"

// table returns the columns of a channel: every info key of rabbitmqctl list_channels, then what else the API reports.
func table() record.Table {
	const noPid = "the HTTP API has no process identifiers"
	return record.Table{
		Noun:    "channels",
		Default: []string{"name", "vhost", "user", "consumer_count", "prefetch_count", "messages_unacknowledged"},
		Spare:   []string{"user", "consumer_count"},
		Open:    []string{"connection_details", "message_stats", "garbage_collection"},
		Member:  "message_stats.publish_details.rate",
		Columns: []record.Column{
			{Name: "pid", Missing: noPid + "; see name"},
			{Name: "connection", Missing: noPid + "; see connection_details.name"},
			{Name: "name", Kind: record.Text, Help: "the connection's name with the channel's number"},
			{Name: "number", Kind: record.Text, Help: "its number within the connection"},
			{Name: "user", Kind: record.Text, Help: "the user"},
			{Name: "vhost", Kind: record.Text, Help: "the virtual host"},
			{Name: "transactional", Kind: record.Flag, Help: "whether it is in transactional mode"},
			{Name: "confirm", Kind: record.Flag, Help: "whether publishes are confirmed"},
			{Name: "consumer_count", Kind: record.Count, Help: "how many consumers it has"},
			{Name: "messages_unacknowledged", Kind: record.Count, Help: "messages delivered on it and not yet acknowledged"},
			{Name: "messages_uncommitted", Kind: record.Count, Help: "messages published in an open transaction"},
			{Name: "acks_uncommitted", Kind: record.Count, Help: "acknowledgements in an open transaction"},
			{Name: "messages_unconfirmed", Kind: record.Count, Help: "publishes that are not confirmed yet"},
			{Name: "prefetch_count", Kind: record.Count,
				Help: "how many unacknowledged messages a consumer may hold, 0 for any number"},
			{Name: "global_prefetch_count", Kind: record.Count, Help: "the same for all its consumers together (before 4.0.3)"},
			// rabbitmqctl does not have the columns below.
			{Name: "node", Kind: record.Text, Help: "the node that it is on"},
			{Name: "state", Kind: record.Text, Help: "running or flow; an idle channel is running, too: see idle_since"},
			{Name: "idle_since", Kind: record.Text,
				Help: "when it became idle, empty if it is not; at most a minute ago, because brokers wake it each minute"},
			{Name: "connection_details", Kind: record.Map, Help: "its connection: name, peer_host, peer_port"},
			{Name: "message_stats", Kind: record.Map, Help: "counters of its messages, and their rates"},
			{Name: "reductions", Kind: record.Count, Help: "work done by its process, in the units of Erlang"},
		},
	}
}
