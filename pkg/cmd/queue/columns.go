package queue

import (
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// table has every info key of rabbitmqctl list_queues, then what else the API reports of a queue.
func table() record.Table {
	const (
		noPid   = "the HTTP API has no process identifiers; see the column node"
		noDisk  = "the HTTP API counts disk reads and writes for virtual hosts only"
		mirrors = "nodes with a mirror (releases before 4.0)"
	)
	return record.Table{
		Noun:    "queues",
		Default: []string{"vhost", "name", "type", "state", "messages_ready", "messages_unacknowledged", "messages"},
		Spare:   []string{"type", "messages", "state"},
		Open: []string{"message_stats", "messages_details", "messages_ready_details", "messages_unacknowledged_details",
			"arguments", "effective_policy_definition", "backing_queue_status", "garbage_collection", "owner_pid_details",
			"reductions_details", "open_files"},
		Member: "message_stats.publish_details.rate",
		Columns: []record.Column{
			{Name: "name", Kind: record.Text, Help: "the queue's name"},
			{Name: "durable", Kind: record.Flag, Help: "whether it survives a restart of the broker"},
			{Name: "auto_delete", Kind: record.Flag, Help: "whether it is deleted with its last consumer"},
			{Name: "arguments", Kind: record.Map, Help: "what it was declared with"},
			{Name: "policy", Kind: record.Text, Help: "the policy in effect"},
			{Name: "operator_policy", Kind: record.Text, Help: "the operator policy in effect"},
			{Name: "effective_policy_definition", Kind: record.Map, Help: "what both policies together set"},
			{Name: "pid", Missing: noPid},
			{Name: "owner_pid", Missing: noPid + "; owner_pid_details.name is the owner's connection"},
			{Name: "exclusive", Kind: record.Flag, Help: "whether it belongs to one connection"},
			{Name: "exclusive_consumer_pid", Missing: noPid},
			{Name: "exclusive_consumer_tag", Kind: record.Text, Help: "the tag of the consumer that has it to itself"},
			{Name: "messages_ready", Kind: record.Count, Help: "messages that wait for a consumer"},
			{Name: "messages_unacknowledged", Kind: record.Count,
				Help: "messages that consumers hold and have not acknowledged"},
			{Name: "messages", Kind: record.Count, Help: "ready and unacknowledged messages together"},
			{Name: "messages_ready_ram", Kind: record.Count, Help: "ready messages in memory"},
			{Name: "messages_unacknowledged_ram", Kind: record.Count, Help: "unacknowledged messages in memory"},
			{Name: "messages_ram", Kind: record.Count, Help: "messages in memory"},
			{Name: "messages_persistent", Kind: record.Count, Help: "messages published as persistent"},
			{Name: "message_bytes", Kind: record.Bytes, Help: "size of all message bodies"},
			{Name: "message_bytes_ready", Kind: record.Bytes, Help: "size of the bodies of ready messages"},
			{Name: "message_bytes_unacknowledged", Kind: record.Bytes, Help: "size of the bodies of unacknowledged messages"},
			{Name: "message_bytes_ram", Kind: record.Bytes, Help: "size of the bodies that are in memory"},
			{Name: "message_bytes_persistent", Kind: record.Bytes, Help: "size of the bodies of persistent messages"},
			{Name: "head_message_timestamp", Kind: record.Text,
				Help: "timestamp property of the first message, seconds since 1970"},
			{Name: "disk_reads", Missing: noDisk},
			{Name: "disk_writes", Missing: noDisk},
			{Name: "consumers", Kind: record.Count, Help: "how many consumers it has"},
			{Name: "consumer_utilisation", Kind: record.Ratio, Help: "share of time in which consumers could take more"},
			{Name: "consumer_capacity", Kind: record.Ratio, Help: "the same under its newer name"},
			{Name: "memory", Kind: record.Bytes, Help: "memory of the queue's process"},
			{Name: "state", Kind: record.Text, Help: "running, flow, minority, down, stopped, crashed"},
			{Name: "type", Kind: record.Text, Help: "classic, quorum or stream"},
			{Name: "leader", Else: "node", Kind: record.Text, Help: "the node of the leader"},
			{Name: "members", Else: "node", Kind: record.List, Help: "the nodes that hold a replica"},
			{Name: "online", Kind: record.List, Help: "the nodes with a replica that is online"},
			{Name: "slave_pids", From: "slave_nodes", Kind: record.List, Help: mirrors},
			{Name: "synchronised_slave_pids", From: "synchronised_slave_nodes", Kind: record.List, Help: mirrors + ", in sync"},
			{Name: "mirror_pids", From: "slave_nodes", Kind: record.List, Help: mirrors},
			{Name: "synchronised_mirror_pids", From: "synchronised_slave_nodes", Kind: record.List, Help: mirrors + ", in sync"},
			// rabbitmqctl does not have the columns below.
			{Name: "vhost", Kind: record.Text, Help: "the virtual host"},
			{Name: "node", Kind: record.Text, Help: "the node that it is on, or that its leader is on"},
			{Name: "idle_since", Kind: record.Text, Help: "since when nothing happened to it"},
			{Name: "single_active_consumer_tag", Kind: record.Text, Help: "the tag of its single active consumer"},
			{Name: "delivery_limit", Kind: record.Text, Help: "how often a quorum queue redelivers a message"},
			{Name: "messages_paged_out", Kind: record.Count, Help: "messages that are on disk only"},
			{Name: "message_bytes_paged_out", Kind: record.Bytes, Help: "size of the bodies that are on disk only"},
			{Name: "storage_version", Kind: record.Text, Help: "file format of a classic queue"},
			{Name: "reductions", Kind: record.Count, Help: "work done by its process, in the units of Erlang"},
			{Name: "message_stats", Kind: record.Map, Help: "counters of its messages, and their rates"},
			{Name: "owner_pid_details", Kind: record.Map, Help: "the connection that owns an exclusive queue"},
			{Name: "backing_queue_status", Kind: record.Map, Help: "inner state of a classic queue"},
			{Name: "garbage_collection", Kind: record.Map, Help: "garbage collection of its process"},
		},
	}
}
