package connection

import "github.com/rabbitctl/rabbitctl/pkg/record"

// table has every info key of rabbitmqctl list_connections, then what else the API reports of a connection.
func table() record.Table {
	return record.Table{
		Noun:    "connections",
		Default: []string{"vhost", "user", "peer_host", "peer_port", "user_provided_name", "protocol", "state"},
		Spare:   []string{"protocol", "user"},
		Open:    []string{"client_properties", "recv_oct_details", "send_oct_details", "garbage_collection"},
		Columns: []record.Column{
			{Name: "pid", Missing: "the HTTP API has no process identifiers; see the column node"},
			{Name: "name", Kind: record.Text, Help: "client and server address: 10.0.0.7:41544 -> 10.0.0.1:5672"},
			{Name: "port", Kind: record.Ordinal, Help: "the server's port"},
			{Name: "host", Kind: record.Text, Help: "the server's address"},
			{Name: "peer_port", Kind: record.Text, Help: "the client's port"},
			{Name: "peer_host", Kind: record.Text, Help: "the client's address"},
			{Name: "ssl", Kind: record.Flag, Help: "whether it uses TLS"},
			{Name: "ssl_protocol", Kind: record.Text, Help: "the TLS version"},
			{Name: "ssl_key_exchange", Kind: record.Text, Help: "the TLS key exchange"},
			{Name: "ssl_cipher", Kind: record.Text, Help: "the TLS cipher"},
			{Name: "ssl_hash", Kind: record.Text, Help: "the TLS hash"},
			{Name: "peer_cert_subject", Kind: record.Text, Help: "subject of the client's certificate"},
			{Name: "peer_cert_issuer", Kind: record.Text, Help: "issuer of the client's certificate"},
			{Name: "peer_cert_serial_number", Kind: record.Text, Help: "serial number of the client's certificate (4.2.7, 4.3.1 and later)"},
			{Name: "peer_cert_validity", Kind: record.Text, Help: "from when until when the certificate is valid"},
			{Name: "state", Kind: record.Text, Help: "running, flow, blocking (would be blocked at its next publish), blocked"},
			{Name: "channels", Kind: record.Count, Help: "how many channels it has"},
			{Name: "protocol", Kind: record.Text, Help: "the protocol and its version"},
			{Name: "auth_mechanism", Kind: record.Text, Help: "how it logged in"},
			{Name: "user", Kind: record.Text, Help: "the user"},
			{Name: "vhost", Kind: record.Text, Help: "the virtual host"},
			{Name: "container_id", Kind: record.Text, Help: "the container of an AMQP 1.0 client (4.1 and later)"},
			{Name: "timeout", Kind: record.Seconds, Help: "the interval of the heartbeat"},
			{Name: "frame_max", Kind: record.Bytes, Help: "the largest frame"},
			{Name: "channel_max", Kind: record.Ordinal, Help: "how many channels it may open"},
			{Name: "client_properties", Kind: record.Map, Help: "the properties that the client sent"},
			{Name: "recv_oct", Kind: record.Bytes, Help: "bytes received from it"},
			{Name: "recv_cnt", Kind: record.Count, Help: "packets received from it"},
			{Name: "send_oct", Kind: record.Bytes, Help: "bytes sent to it"},
			{Name: "send_cnt", Kind: record.Count, Help: "packets sent to it"},
			{Name: "send_pend", Kind: record.Count, Help: "packets that wait to be sent"},
			{Name: "connected_at", Kind: record.Timestamp, Help: "when the client connected"},
			// rabbitmqctl does not have the columns below.
			{Name: "user_provided_name", Else: "client_properties.connection_name", Kind: record.Text,
				Help: "the name that the program gave its connection"},
			{Name: "node", Kind: record.Text, Help: "the node that it is connected to"},
			{Name: "type", Kind: record.Text, Help: "network or direct"},
			{Name: "reductions", Kind: record.Count, Help: "work done by its process, in the units of Erlang"},
			{Name: "garbage_collection", Kind: record.Map, Help: "the garbage collection of its process"},
		},
	}
}
