package consumer

import "github.com/rabbitctl/rabbitctl/pkg/record"

// table has every info key of rabbitmqctl list_consumers, then what else the API reports of a consumer.
func table() record.Table {
	return record.Table{
		Noun: "consumers",
		Default: []string{"vhost", "queue_name", "consumer_tag", "ack_required", "prefetch_count", "active",
			"connection_name"},
		Open: []string{"channel_details", "queue", "arguments"},
		Columns: []record.Column{
			{Name: "queue_name", From: "queue.name", Kind: record.Text, Help: "the queue that it reads"},
			{Name: "channel_pid", Missing: "the HTTP API has no process identifiers; see channel_details.name"},
			{Name: "consumer_tag", Kind: record.Text, Help: "its tag"},
			{Name: "ack_required", Kind: record.Flag, Help: "whether it must acknowledge"},
			{Name: "prefetch_count", Kind: record.Count, Help: "how many unacknowledged messages it may hold, 0 for any number"},
			{Name: "active", Kind: record.Flag, Help: "whether it receives messages (a waiting consumer does not)"},
			{Name: "activity_status", Kind: record.Text, Help: "up, single_active, waiting or suspected_down"},
			{Name: "arguments", Kind: record.Map, Help: "what it was started with"},
			// rabbitmqctl does not have the columns below.
			{Name: "vhost", From: "queue.vhost", Kind: record.Text, Help: "the virtual host"},
			{Name: "exclusive", Kind: record.Flag, Help: "whether it has the queue to itself"},
			{Name: "connection_name", From: "channel_details.connection_name", Kind: record.Text, Help: "its connection"},
			{Name: "user", From: "channel_details.user", Kind: record.Text, Help: "the user"},
			{Name: "peer_host", From: "channel_details.peer_host", Unset: "undefined", Kind: record.Text,
				Help: "the client's address"},
			{Name: "consumer_timeout", Kind: record.Millis,
				Help: "how long it may leave a message unacknowledged (3.12 and later; from 4.3 on for quorum queues only)"},
			{Name: "channel_details", Kind: record.Map, Help: "its channel: name, number, connection_name, peer_host, user"},
		},
	}
}
