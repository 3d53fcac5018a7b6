package federation

import (
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func listLinks() verb.List {
	return verb.List{
		Name:  "list_federation_links",
		Short: "List federation links and whether they run",
		Long: `List federation links and whether they run, of all virtual hosts and nodes unless -p names one virtual host.
It has the columns of rabbitmqctl federation_status and needs the plugin rabbitmq_federation_management. Each
exchange or queue that a federation policy applies to has one link for each upstream of that policy; without a policy
there is no link.`,
		Example: `  rabbitctl list_federation_links
  rabbitctl list_federation_links --where 'status != "running"'
  rabbitctl list_federation_links upstream queue exchange status error -p /`,
		Table:  links(),
		Scoped: true,
		Rows:   verb.OfNodes(verb.WithoutSecrets(verb.OfVHost((*broker.Client).FederationLinks))),
	}
}

// links has every key of rabbitmqctl federation_status, then what else the API reports of a link.
func links() record.Table {
	return record.Table{
		Noun:    "federation links",
		Name:    "upstream",
		Default: []string{"vhost", "upstream", "type", "exchange", "queue", "uri", "status", "error"},
		Open:    []string{"local_channel"},
		Columns: []record.Column{
			{Name: "id", Kind: record.Text, Help: "the identifier that restart_federation_link takes"},
			{Name: "vhost", Kind: record.Text, Help: "the virtual host"},
			{Name: "upstream", Kind: record.Text, Help: "the upstream that it is connected to"},
			{Name: "type", Kind: record.Text, Help: "exchange or queue"},
			{Name: "exchange", Kind: record.Text, Help: "the exchange on this broker"},
			{Name: "upstream_exchange", Kind: record.Text, Help: "the exchange on the upstream"},
			{Name: "queue", Kind: record.Text, Help: "the queue on this broker"},
			{Name: "upstream_queue", Kind: record.Text, Help: "the queue on the upstream"},
			{Name: "uri", Kind: record.Text, Help: "where it is connected to, without the password"},
			{Name: "status", Kind: record.Text, Help: "starting, running, shutdown or error"},
			{Name: "error", Kind: record.Text, Help: "what went wrong"},
			{Name: "last_changed", From: "timestamp", Kind: record.Text, Help: "since when it is in that state"},
			{Name: "consumer_tag", Kind: record.Text, Help: "its consumer tag on the upstream"},
			{Name: "local_connection", Kind: record.Text, Help: "its connection on this broker"},
			// rabbitmqctl does not have the columns below.
			{Name: "node", Kind: record.Text, Help: "the node that runs it"},
			{Name: "local_channel", Kind: record.Map, Help: "its channel on this broker, with counters"},
		},
	}
}
