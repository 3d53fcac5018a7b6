package inside

// Purpose says what a protocol is for, in the words of rabbitmq-diagnostics. For a protocol without such words, it
// returns the name of the protocol.
func Purpose(protocol string) string {
	words := map[string]string{
		"amqp":             "AMQP 0-9-1 and AMQP 1.0",
		"amqp/ssl":         "AMQP 0-9-1 and AMQP 1.0 over TLS",
		"mqtt":             "MQTT",
		"mqtt/ssl":         "MQTT over TLS",
		"stomp":            "STOMP",
		"stomp/ssl":        "STOMP over TLS",
		"stream":           "stream",
		"stream/ssl":       "stream over TLS",
		"http":             "HTTP API",
		"https":            "HTTP API over TLS (HTTPS)",
		"http/web-mqtt":    "MQTT over WebSockets",
		"https/web-mqtt":   "MQTT over WebSockets and TLS (HTTPS)",
		"http/web-stomp":   "STOMP over WebSockets",
		"https/web-stomp":  "STOMP over WebSockets and TLS (HTTPS)",
		"http/prometheus":  "Prometheus exporter API over HTTP",
		"https/prometheus": "Prometheus exporter API over TLS (HTTPS)",
		"clustering":       "inter-node and CLI tool communication",
	}
	if w, ok := words[protocol]; ok {
		return w
	}
	return protocol
}
