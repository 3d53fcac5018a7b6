package exchange

import "github.com/rabbitctl/rabbitctl/pkg/record"

// table has every info key of rabbitmqctl list_exchanges, then what else the API reports of an exchange.
func table() record.Table {
	return record.Table{
		Noun:    "exchanges",
		Default: []string{"vhost", "name", "type"},
		Open:    []string{"arguments", "message_stats"},
		Member:  "message_stats.publish_in_details.rate",
		Columns: []record.Column{
			{Name: "name", Kind: record.Text, Help: "the exchange's name, empty for the default one"},
			{Name: "type", Kind: record.Text, Help: "direct, fanout, topic, headers, or a plugin's"},
			{Name: "durable", Kind: record.Flag, Help: "whether it survives a restart of the broker"},
			{Name: "auto_delete", Kind: record.Flag, Help: "whether it is deleted with its last binding"},
			{Name: "internal", Kind: record.Flag, Help: "whether clients cannot publish to it"},
			{Name: "arguments", Kind: record.Map, Help: "what it was declared with"},
			{Name: "policy", Kind: record.Text, Help: "the policy in effect"},
			// rabbitmqctl does not have the columns below.
			{Name: "vhost", Kind: record.Text, Help: "the virtual host"},
			{Name: "user_who_performed_action", Kind: record.Text, Help: "who declared it"},
			{Name: "message_stats", Kind: record.Map, Help: "messages published in and routed out, and their rates"},
		},
	}
}
