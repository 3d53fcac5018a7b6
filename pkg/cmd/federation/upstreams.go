package federation

import (
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func listUpstreams() verb.List {
	return verb.List{
		Name:  "list_federation_upstreams",
		Short: "List federation upstreams",
		Long: `List the federation upstreams that are declared, of all virtual hosts unless -p names one. It needs the tag
policymaker. Passwords in their URIs, also as ?password=, are shown as ***. A setting that an upstream leaves out
stays empty: the broker's default applies.`,
		Example: `  rabbitctl list_federation_upstreams
  rabbitctl list_federation_upstreams name uri prefetch-count reconnect-delay -p /`,
		Table:  upstreams(),
		Scoped: true,
		Rows:   verb.WithoutSecrets(verb.OfVHost((*broker.Client).FederationUpstreams)),
	}
}

// upstreams has a column for each key of the parameter federation-upstream, with the name of the key.
func upstreams() record.Table {
	setting := func(name string, kind record.Kind, help string) record.Column {
		return record.Column{Name: name, From: "value." + name, Kind: kind, Help: help}
	}
	return record.Table{
		Noun:    "federation upstreams",
		Default: []string{"vhost", "name", "uri", "exchange", "queue", "ack-mode"},
		Columns: []record.Column{
			{Name: "vhost", Kind: record.Text, Help: "the virtual host"},
			{Name: "name", Kind: record.Text, Help: "the upstream's name"},
			setting("uri", record.Text, "where it is, or a list of places to try, without passwords"),
			setting("exchange", record.Text, "the exchange there, where it is called differently"),
			setting("queue", record.Text, "the queue there, where it is called differently"),
			setting("ack-mode", record.Text, "on-confirm, on-publish or no-ack"),
			setting("prefetch-count", record.Count, "how many unacknowledged messages it may hold (prefetch)"),
			setting("reconnect-delay", record.Seconds, "how long to wait before connecting again"),
			setting("trust-user-id", record.Flag, "whether the user-id of messages is kept"),
			setting("max-hops", record.Count, "how many links a message may pass"),
			setting("expires", record.Millis, "after how long without a link the queue there is deleted"),
			setting("message-ttl", record.Millis, "after how long messages there expire"),
			setting("ha-policy", record.Text, "mirroring of the queue there (before 4.0)"),
			setting("queue-type", record.Text, "the type of the queue there"),
			setting("consumer-tag", record.Text, "the tag of the consumer there"),
			setting("bind-nowait", record.Flag, "whether bindings are not waited for"),
			setting("channel-use-mode", record.Text, "single or multiple"),
			setting("resource-cleanup-mode", record.Text, "default or never"),
		},
	}
}
