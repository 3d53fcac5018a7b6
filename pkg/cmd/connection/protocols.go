package connection

import (
	"context"
	"iter"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func listMQTT() verb.List {
	return verb.List{
		Name:  "list_mqtt_connections",
		Short: "List MQTT connections",
		Long:  ofOneProtocol("MQTT", "web MQTT has list_web_mqtt_connections"),
		Example: `  rabbitctl list_mqtt_connections
  rabbitctl list_mqtt_connections client_id user peer_host connection_state --where 'user == "sensor"'`,
		Table: mqtt("MQTT connections"),
		Rows:  over("MQTT"),
	}
}

func listWebMQTT() verb.List {
	return verb.List{
		Name:    "list_web_mqtt_connections",
		Short:   "List MQTT connections over WebSockets",
		Long:    ofOneProtocol("MQTT over WebSockets", "list_mqtt_connections lists the plain MQTT ones"),
		Example: "  rabbitctl list_web_mqtt_connections client_id conn_name user peer_host",
		Table:   mqtt("web MQTT connections"),
		Rows:    over("Web MQTT"),
	}
}

func listSTOMP() verb.List {
	return verb.List{
		Name:    "list_stomp_connections",
		Short:   "List STOMP connections",
		Long:    ofOneProtocol("STOMP", "those over WebSockets are only in list_connections"),
		Example: "  rabbitctl list_stomp_connections conn_name user peer_host protocol",
		Table:   stomp(),
		Rows:    over("STOMP"),
	}
}

func listAMQP10() verb.List {
	return verb.List{
		Name:  "list_amqp10_connections",
		Short: "List AMQP 1.0 connections",
		Long:  ofOneProtocol("AMQP 1.0", "rabbitmqctl has no such command from 4.0 on"),
		Example: `  rabbitctl list_amqp10_connections
  rabbitctl list_amqp10_connections name container_id user state send_oct --sort -send_oct`,
		Table: amqp10(),
		Rows:  over("AMQP 1-0"),
	}
}

func ofOneProtocol(protocol, more string) string {
	return "List the " + protocol + ` connections of all virtual hosts and nodes; ` + more + `.
The broker lists the connections of all protocols together; the command reads that list, and prints only those of this
protocol. State and figures are up to 10 seconds old. A connection that opened less than 5 seconds ago can be missing,
or have no figures yet. A user without the tag monitoring sees only its own connections.`
}

func over(protocol string) verb.Rows {
	return verb.OfClients("connections",
		func(ctx context.Context, c *broker.Client, _ verb.Ask, columns []record.Column) iter.Seq2[record.Row, error] {
			return c.ConnectionsOver(ctx, protocol, columns)
		})
}
