package stream

import (
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func listConnections() verb.List {
	return verb.List{
		Name:  "list_stream_connections",
		Short: "List connections of stream clients",
		Long: `List the connections of stream clients, of all virtual hosts unless -p names one. It needs the plugin
rabbitmq_stream_management. list_connections has them too, among those of other protocols. A user without the tag
monitoring sees only its own connections.`,
		Example: `  rabbitctl list_stream_connections
  rabbitctl list_stream_connections conn_name user peer_host client_properties.connection_name -p /`,
		Table:  connections(),
		Scoped: true,
		Rows:   verb.OfClients("stream connections", verb.OfVHost((*broker.Client).StreamConnections)),
	}
}

func listConsumers() verb.List {
	return verb.List{
		Name:  "list_stream_consumers",
		Short: "List consumers of stream clients and how far behind they are",
		Long: `List the consumers of stream clients, of all virtual hosts unless -p names one, with the offset that each has
reached and how far that is from the end of its stream. It needs the plugin rabbitmq_stream_management. A user without
the tag monitoring sees only its own consumers.`,
		Example: `  rabbitctl list_stream_consumers
  rabbitctl list_stream_consumers stream connection_name offset offset_lag --sort -offset_lag --limit 10
  rabbitctl list_stream_consumers --where 'offset_lag > 100000' -p /`,
		Table:  consumers(),
		Scoped: true,
		Rows:   verb.OfClients("stream consumers", verb.OfVHost((*broker.Client).StreamConsumers)),
	}
}

func listPublishers() verb.List {
	return verb.List{
		Name:  "list_stream_publishers",
		Short: "List publishers of stream clients",
		Long: `List the publishers of stream clients, of all virtual hosts unless -p names one, with what was published,
confirmed and refused. It needs the plugin rabbitmq_stream_management. A user without the tag monitoring sees only its
own publishers.`,
		Example: `  rabbitctl list_stream_publishers
  rabbitctl list_stream_publishers stream reference messages_errored --where 'messages_errored > 0'`,
		Table:  publishers(),
		Scoped: true,
		Rows:   verb.OfClients("stream publishers", verb.OfVHost((*broker.Client).StreamPublishers)),
	}
}
