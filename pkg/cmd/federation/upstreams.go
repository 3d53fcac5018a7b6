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

// upstreams has a column for each key of the parameter federation-upstream. The column has the name of the key.
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
			setting("uri", record.Text, "the address, or a list of addresses, without passwords"),
			setting("exchange", record.Text, "the exchange on the upstream, if it has another name there"),
			setting("queue", record.Text, "the queue on the upstream, if it has another name there"),
			setting("ack-mode", record.Text, "on-confirm, on-publish or no-ack"),
			setting("prefetch-count", record.Count, "how many unacknowledged messages a link may hold"),
			setting("reconnect-delay", record.Seconds, "how long to wait before connecting again"),
			setting("trust-user-id", record.Flag, "whether the user-id of messages is kept"),
			setting("max-hops", record.Count, "how many links a message may pass"),
			setting("expires", record.Millis, "after this time without a link, the upstream deletes the queue"),
			setting("message-ttl", record.Millis, "time to live of messages in the queue on the upstream"),
			setting("ha-policy", record.Text, "mirroring of the queue on the upstream (before 4.0)"),
			setting("queue-type", record.Text, "type of the queue on the upstream"),
			setting("consumer-tag", record.Text, "consumer tag of the link on the upstream"),
			setting("bind-nowait", record.Flag, "whether a link does not wait for the upstream to confirm bindings"),
			setting("channel-use-mode", record.Text, "single or multiple"),
			setting("resource-cleanup-mode", record.Text, "default or never"),
		},
	}
}
