package stream

import "github.com/rabbitctl/rabbitctl/pkg/record"

const noPid = "the HTTP API has no process identifiers; see connection_name"

// connections has every info key of rabbitmqctl list_stream_connections, then what else the API reports of a
// connection.
func connections() record.Table {
	return record.Table{
		Noun:    "stream connections",
		Default: []string{"vhost", "node", "conn_name", "user", "connection_state"},
		Open:    []string{"client_properties"},
		Columns: []record.Column{
			{Name: "conn_name", From: "name", Kind: record.Text, Help: "client and server address"},
			{Name: "pid", Missing: "the HTTP API has no process identifiers; see conn_name"},
			{Name: "node", Kind: record.Text, Help: "the node that it is connected to"},
			{Name: "port", Kind: record.Text, Help: "the server's port"},
			{Name: "peer_port", Kind: record.Text, Help: "the client's port"},
			{Name: "host", Kind: record.Text, Help: "the server's address"},
			{Name: "peer_cert_issuer", Kind: record.Text, Help: "issuer of the client's certificate"},
			{Name: "peer_cert_subject", Kind: record.Text, Help: "subject of the client's certificate"},
			{Name: "peer_cert_serial_number", Kind: record.Text, Help: "serial number of the client's certificate (4.2.7, 4.3.1 and later)"},
			{Name: "peer_cert_validity", Kind: record.Text, Help: "from when until when the certificate is valid"},
			{Name: "peer_host", Kind: record.Text, Help: "the client's address"},
			{Name: "user", Kind: record.Text, Help: "the user"},
			{Name: "vhost", Kind: record.Text, Help: "the virtual host"},
			{Name: "subscriptions",
				Missing: "the HTTP API does not count them; list_stream_consumers --group-by connection_name does"},
			{Name: "ssl", Kind: record.Flag, Help: "whether it uses TLS"},
			{Name: "ssl_cipher", Kind: record.Text, Help: "the TLS cipher"},
			{Name: "ssl_hash", Kind: record.Text, Help: "the TLS hash"},
			{Name: "ssl_key_exchange", Kind: record.Text, Help: "the TLS key exchange"},
			{Name: "ssl_protocol", Kind: record.Text, Help: "the TLS version"},
			{Name: "connection_state", From: "state", Kind: record.Text, Help: "running or blocked"},
			{Name: "auth_mechanism", Kind: record.Text, Help: "how it logged in"},
			{Name: "heartbeat", From: "timeout", Else: "heartbeat", Kind: record.Seconds, Help: "the heartbeat"},
			{Name: "frame_max", Kind: record.Bytes, Help: "the largest frame"},
			{Name: "client_properties", Kind: record.Map, Help: "the properties that the client sent"},
			{Name: "connected_at", Kind: record.Timestamp, Help: "since when it is open"},
			// rabbitmqctl does not have the columns below.
			{Name: "user_provided_name", Else: "client_properties.connection_name", Kind: record.Text,
				Help: "the name that the program gave its connection"},
			{Name: "protocol", Kind: record.Text, Help: "always stream"},
			{Name: "recv_oct", Kind: record.Bytes, Help: "bytes received from it"},
			{Name: "send_oct", Kind: record.Bytes, Help: "bytes sent to it"},
		},
	}
}

// consumers has every info key of rabbitmqctl list_stream_consumers, then what else the API reports of a consumer.
func consumers() record.Table {
	return record.Table{
		Noun: "stream consumers",
		Default: []string{"vhost", "subscription_id", "stream", "messages_consumed", "offset", "offset_lag", "credits",
			"active",
			"activity_status", "properties"},
		Spare: []string{"properties", "credits", "activity_status"},
		Open:  []string{"properties"},
		Columns: append([]record.Column{
			{Name: "stream", From: "queue.name", Kind: record.Text, Help: "the stream that it reads"},
			{Name: "connection_pid", Missing: noPid},
			{Name: "node", From: "connection_details.node", Kind: record.Text, Help: "the node that it is connected to"},
			{Name: "subscription_id", Kind: record.Text, Help: "its number in its connection"},
			{Name: "messages_consumed", From: "consumed", Kind: record.Count, Help: "messages sent to it"},
			{Name: "offset", Kind: record.Ordinal, Help: "the offset that it has reached"},
			{Name: "offset_lag", Kind: record.Count, Help: "how many messages that offset is behind the end of the stream"},
			{Name: "credits", Kind: record.Count, Help: "how many more chunks it accepts"},
			{Name: "active", Kind: record.Flag,
				Help: "whether it receives messages, which a waiting consumer does not (3.11 and later)"},
			{Name: "activity_status", Kind: record.Text, Help: "up, single_active or waiting (3.11 and later)"},
			{Name: "properties", Kind: record.Map, Help: "what it was started with"},
		}, connectionColumns()...),
	}
}

// publishers has every info key of rabbitmqctl list_stream_publishers, then what else the API reports of a publisher.
func publishers() record.Table {
	return record.Table{
		Noun: "stream publishers",
		Default: []string{"vhost", "publisher_id", "stream", "reference", "messages_published", "messages_confirmed",
			"messages_errored"},
		Columns: append([]record.Column{
			{Name: "stream", From: "queue.name", Kind: record.Text, Help: "the stream that it publishes to"},
			{Name: "connection_pid", Missing: noPid},
			{Name: "node", From: "connection_details.node", Kind: record.Text, Help: "the node that it is connected to"},
			{Name: "publisher_id", Kind: record.Text, Help: "its number in its connection"},
			{Name: "reference", Kind: record.Text, Help: "its name, by which the broker recognizes duplicates"},
			{Name: "messages_published", From: "published", Kind: record.Count, Help: "messages that it published"},
			{Name: "messages_confirmed", From: "confirmed", Kind: record.Count,
				Help: "messages of this publisher that the broker confirmed"},
			{Name: "messages_errored", From: "errored", Kind: record.Count,
				Help: "messages of this publisher that the broker refused"},
		}, connectionColumns()...),
	}
}

// connectionColumns returns columns that rabbitmqctl does not have.
func connectionColumns() []record.Column {
	return []record.Column{
		{Name: "vhost", From: "queue.vhost", Kind: record.Text, Help: "the virtual host"},
		{Name: "connection_name", From: "connection_details.name", Kind: record.Text, Help: "its connection"},
		{Name: "user", From: "connection_details.user", Kind: record.Text, Help: "the user"},
		{Name: "peer_host", From: "connection_details.peer_host", Kind: record.Text, Help: "the client's address"},
		{Name: "peer_port", From: "connection_details.peer_port", Kind: record.Text, Help: "the client's port"},
	}
}
