package vhost

import "github.com/rabbitctl/rabbitctl/pkg/record"

// table has every info key of rabbitmqctl list_vhosts, then what else the API reports of a virtual host.
func table() record.Table {
	return record.Table{
		Noun:    "virtual hosts",
		Default: []string{"name"},
		Open: []string{"cluster_state", "metadata", "message_stats", "messages_details", "recv_oct_details",
			"send_oct_details"},
		Member: "message_stats.publish_details.rate",
		Columns: []record.Column{
			{Name: "name", Kind: record.Text, Help: "the virtual host's name"},
			{Name: "description", Kind: record.Text, Help: "what an administrator wrote about it"},
			{Name: "tags", Kind: record.List, Help: "its tags"},
			{Name: "default_queue_type", Unset: "undefined", Kind: record.Text, Help: "the type of queues declared without one"},
			{Name: "protected_from_deletion", Kind: record.Flag,
				Help: "whether it can be deleted only after its protection is lifted (4.0.6 and later)"},
			{Name: "tracing", Kind: record.Flag, Help: "whether the firehose tracer is on, on the node that is asked"},
			{Name: "cluster_state", Kind: record.Map, Help: "for each node, whether the virtual host runs there"},
			{Name: "metadata", Kind: record.Map, Help: "description, tags and default queue type as stored"},
			// rabbitmqctl does not have the columns below.
			{Name: "messages", Kind: record.Count, Help: "messages in all its queues"},
			{Name: "messages_ready", Kind: record.Count, Help: "messages that wait for a consumer"},
			{Name: "messages_unacknowledged", Kind: record.Count,
				Help: "messages that consumers hold and have not acknowledged"},
			{Name: "recv_oct", Kind: record.Bytes, Help: "bytes received from its clients"},
			{Name: "send_oct", Kind: record.Bytes, Help: "bytes sent to its clients"},
			{Name: "message_stats", Kind: record.Map, Help: "counters of its messages, and their rates"},
		},
	}
}
