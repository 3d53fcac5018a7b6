// Package shovel has the commands about shovels.
package shovel

import (
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// Commands returns the commands of this package, in the order in which the help lists them.
func Commands() []verb.Command { return []verb.Command{list(), declare(), remove(), restart()} }

func list() verb.List {
	return verb.List{
		Name:  "list_shovels",
		Short: "List shovels and whether they run",
		Long: `List shovels and whether they run, of all virtual hosts and nodes unless -p names one virtual host. Static
shovels belong to no virtual host, so -p leaves them out. The listing has the columns of rabbitmqctl shovel_status, and
needs the plugin rabbitmq_shovel_management. Columns that a release or a protocol does not have stay empty.

The user needs the tag monitoring. Every user, an administrator too, sees only the dynamic shovels of virtual hosts in
which it has permissions. Static shovels are shown only to a user with the tag administrator.`,
		Example: `  rabbitctl list_shovels
  rabbitctl list_shovels --where 'state != "running" && state != "flow"'
  rabbitctl list_shovels name source_queue destination_queue forwarded pending`,
		Table:  table(),
		Scoped: true,
		Rows:   verb.OfNodes(verb.WithoutSecrets(verb.OfVHost((*broker.Client).Shovels))),
	}
}

// table has every key of rabbitmqctl shovel_status, then what else the API reports of a shovel.
func table() record.Table {
	return record.Table{
		Noun: "shovels",
		Default: []string{"vhost", "name", "type", "state", "source", "source_queue", "destination", "destination_queue",
			"termination_reason"},
		Columns: []record.Column{
			{Name: "name", Kind: record.Text, Help: "the shovel's name"},
			{Name: "vhost", Kind: record.Text, Help: "the virtual host that a dynamic one is declared in"},
			{Name: "type", Kind: record.Text, Help: "dynamic (a parameter) or static (in a node's configuration)"},
			{Name: "state", Kind: record.Text,
				Help: "starting, running, flow, blocked (by its destination) or terminated; flow and blocked since 3.11.5"},
			{Name: "last_changed", From: "timestamp", Kind: record.Text, Help: "since when it is in that state"},
			{Name: "source", From: "src_uri", Kind: record.Text, Help: "where it takes messages from, without the password"},
			{Name: "source_protocol", From: "src_protocol", Kind: record.Text, Help: "amqp091, amqp10 or local"},
			{Name: "source_queue", From: "src_queue", Kind: record.Text, Help: "the queue that it consumes from"},
			{Name: "source_exchange", From: "src_exchange", Kind: record.Text, Help: "the exchange that it consumes from"},
			{Name: "source_exchange_key", From: "src_exchange_key", Kind: record.Text,
				Help: "the routing key with which it binds to source_exchange"},
			{Name: "source_address", From: "src_address", Kind: record.Text, Help: "the source address, with AMQP 1.0"},
			{Name: "source_consumer_args", From: "src_consumer_args", Kind: record.Map, Help: "the arguments of its consumer"},
			{Name: "destination", From: "dest_uri", Kind: record.Text, Help: "where it publishes, without the password"},
			{Name: "destination_protocol", From: "dest_protocol", Kind: record.Text, Help: "amqp091, amqp10 or local"},
			{Name: "destination_queue", From: "dest_queue", Kind: record.Text, Help: "the queue that it publishes to"},
			{Name: "destination_exchange", From: "dest_exchange", Kind: record.Text, Help: "the exchange that it publishes to"},
			{Name: "destination_exchange_key", From: "dest_exchange_key", Kind: record.Text,
				Help: "the routing key that it publishes with"},
			{Name: "destination_address", From: "dest_address", Kind: record.Text, Help: "the target address, with AMQP 1.0"},
			{Name: "termination_reason", From: "reason", Kind: record.Text, Help: "why it does not run"},
			{Name: "pending", Kind: record.Count, Help: "messages that wait while the destination is blocked (4.1 and later)"},
			{Name: "forwarded", Kind: record.Count, Help: "messages moved since it started (4.1 and later)"},
			{Name: "remaining", Kind: record.Text,
				Help: "messages to move until it deletes itself, or unlimited (4.1 and later)"},
			{Name: "remaining_unacked", Kind: record.Text,
				Help: "remaining messages that are not acknowledged yet (4.1 and later)"},
			// rabbitmqctl does not have the columns below.
			{Name: "node", Kind: record.Text, Help: "the node that runs it"},
			{Name: "blocked_status", Kind: record.Text, Help: "running, flow or blocked (3.11.5 and later)"},
		},
	}
}
