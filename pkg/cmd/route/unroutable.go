package route

import (
	"context"
	"iter"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func listUnroutable() verb.List {
	return verb.List{
		Name:  "list_unroutable",
		Short: "List where messages get lost, and policies that apply to nothing",
		Long: `List where messages get lost or are refused, and policies that apply to nothing, of all virtual hosts unless -p
names one:

* exchanges that get messages and have no binding, or have routed none of them to a queue;
* exchanges whose type comes from a plugin that is off, and queues that dead-letter to them;
* alternate exchanges that do not exist;
* dead-letter exchanges that do not exist, or lead to no queue;
* queues that dead-letter expired messages, or those over a length limit, in a cycle;
* policies that apply to nothing, and why;
* virtual hosts in which messages were dropped because they reached no queue.

The broker's counts begin when a node starts, and are up to 5 seconds old. They lack what is published over AMQP 1.0
from release 4.0 on, and over MQTT from 3.12 on. If rates_mode is none there are no counts: then the command cannot
find what the first and the last line above name. If there are no rows, none of these problems was found. A
terminal can cut long texts; a pipe or -o json shows them whole.`,
		Example: `  rabbitctl list_unroutable
  rabbitctl list_unroutable -p prod --where 'kind == "queue"'
  rabbitctl list_unroutable kind name evidence
  rabbitctl list_unroutable -o json | jq -r '.[] | [.vhost, .name, .do] | @tsv'`,
		Table:  holes(),
		Scoped: true,
		Rows:   unroutableRows,
	}
}

func holes() record.Table {
	return record.Table{
		Noun:    "problems",
		Default: []string{"vhost", "kind", "name", "what", "do"},
		Columns: []record.Column{
			{Name: "vhost", Kind: record.Text, Help: "the virtual host"},
			{Name: "kind", Kind: record.Text, Help: "exchange, queue, policy, operator policy, or virtual host"},
			{Name: "name", Kind: record.Text, Help: "its name"},
			{Name: "what", Kind: record.Text, Help: "what is wrong with it"},
			{Name: "evidence", Kind: record.Text, Help: "what was seen"},
			{Name: "do", Kind: record.Text, Advises: true, Help: "what to do, with a command where there is one"},
		},
	}
}

func unroutableRows(ctx context.Context, c *broker.Client, ask verb.Ask,
	columns []record.Column) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		hosts, err := survey.Unroutable(ctx, c, ask.VHost)
		if err != nil {
			yield(nil, err)
			return
		}
		picker := record.NewPicker(columns)
		for _, facts := range hosts {
			for _, hole := range diagnose.Unroutable(facts) {
				row, err := picker.Pick(record.Of(hole))
				if !yield(row, err) || err != nil {
					return
				}
			}
		}
	}
}
