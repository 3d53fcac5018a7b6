package binding

import "github.com/rabbitctl/rabbitctl/pkg/record"

// table returns the columns of a binding: every info key of rabbitmqctl list_bindings, then what else the API reports.
func table() record.Table {
	return record.Table{
		Noun: "bindings",
		Default: []string{"vhost", "source_name", "source_kind", "destination_name", "destination_kind", "routing_key",
			"arguments"},
		Spare: []string{"source_kind", "destination_kind", "arguments"},
		Open:  []string{"arguments"},
		Columns: []record.Column{
			{Name: "source_name", From: "source", Kind: record.Text,
				Help: "the exchange that messages come from, empty for the default one"},
			{Name: "source_kind", Const: record.Of("exchange"), Kind: record.Text, Help: "always exchange"},
			{Name: "destination_name", From: "destination", Kind: record.Text,
				Help: "the queue or exchange that messages go to"},
			{Name: "destination_kind", From: "destination_type", Kind: record.Text, Help: "queue or exchange"},
			{Name: "routing_key", Kind: record.Text,
				Help: "the key or pattern that must match; fanout and headers exchanges ignore it"},
			{Name: "arguments", Kind: record.Map,
				Help: "the headers that a headers exchange compares; some plugins use arguments too"},
			// rabbitmqctl does not have the columns below.
			{Name: "vhost", Kind: record.Text, Help: "the virtual host"},
			{Name: "properties_key", Kind: record.Text, Help: "what distinguishes it, in the API, from other bindings between " +
				"the same source and destination"},
		},
	}
}
