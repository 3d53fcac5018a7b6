package connection

import "github.com/rabbitctl/rabbitctl/pkg/record"

// unsaid says why a column of the listing for one protocol is always empty.
const unsaid = "the HTTP API does not report it"

// mqtt has every info key of rabbitmqctl list_mqtt_connections, then what else the API reports.
func mqtt(noun string) record.Table {
	columns := pick("protocol", "host", "port", "peer_host", "peer_port", "ssl", "ssl_protocol", "ssl_key_exchange",
		"ssl_cipher",
		"ssl_hash", "vhost", "user", "recv_cnt", "recv_oct", "send_cnt", "send_oct", "send_pend", "pid")
	return record.Table{
		Noun:    noun,
		Default: []string{"vhost", "user", "client_id", "conn_name", "protocol", "connection_state"},
		Open:    []string{"client_properties"},
		Columns: append(append([]record.Column{
			{Name: "client_id", From: "client_properties.client_id", Kind: record.Text, Help: "the client's identifier"},
			renamed("name", "conn_name"),
			{Name: "user_property", From: "client_properties.user_property", Kind: record.Map,
				Help: "the user properties that an MQTT 5.0 client sent"},
			renamed("state", "connection_state"),
		}, columns...), append(missing("ssl_login_name", "clean_sess", "will_msg", "retainer_pid", "exchange", "prefetch",
			"messages_unconfirmed", "messages_unacknowledged"), pick("node", "connected_at", "client_properties")...)...),
	}
}

// stomp has every info key of rabbitmqctl list_stomp_connections, then what else the API reports.
func stomp() record.Table {
	return record.Table{
		Noun:    "STOMP connections",
		Default: []string{"vhost", "user", "conn_name", "protocol", "connection_state"},
		Open:    []string{"client_properties"},
		Columns: append(append([]record.Column{renamed("name", "conn_name"), renamed("state", "connection_state"),
			renamed("peer_host", "peer_addr")},
			pick("name", "user", "auth_mechanism", "host", "port", "peer_host", "peer_port", "protocol", "connected_at",
				"channels",
				"channel_max", "frame_max", "client_properties", "ssl", "ssl_protocol", "ssl_key_exchange", "ssl_cipher",
				"ssl_hash")...),
			append(missing("session_id", "connection", "version", "implicit_connect", "auth_login"),
				pick("vhost", "node", "recv_oct", "send_oct")...)...),
	}
}

// amqp10 has every info key that rabbitmqctl list_amqp10_connections had, then what else the API reports.
func amqp10() record.Table {
	return record.Table{
		Noun:    "AMQP 1.0 connections",
		Default: []string{"vhost", "user", "name", "container_id", "state"},
		Open:    []string{"client_properties"},
		Columns: pick("pid", "auth_mechanism", "host", "frame_max", "timeout", "user", "state", "recv_oct", "recv_cnt",
			"send_oct",
			"send_cnt", "ssl", "ssl_protocol", "ssl_key_exchange", "ssl_cipher", "ssl_hash", "peer_cert_issuer",
			"peer_cert_subject",
			"peer_cert_validity", "node", "name", "vhost", "container_id", "peer_host", "peer_port", "port", "channels",
			"channel_max",
			"send_pend", "connected_at", "user_provided_name", "client_properties"),
	}
}

// pick returns the columns of list_connections that have these names.
func pick(names ...string) []record.Column {
	all := table()
	columns := make([]record.Column, len(names))
	for i, n := range names {
		columns[i], _ = all.Find(n)
	}
	return columns
}

// renamed returns a column of list_connections under another name.
func renamed(name, as string) record.Column {
	c := pick(name)[0]
	c.From, c.Name = c.Path(), as
	return c
}

func missing(names ...string) []record.Column {
	columns := make([]record.Column, len(names))
	for i, n := range names {
		columns[i] = record.Column{Name: n, Missing: unsaid}
	}
	return columns
}
