package personality

import (
	"context"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// listener is where a node takes connections.
type listener struct{ node, protocol, address, port string }

// listenersOf are those of a node, in the order of the API; "" means those of all nodes.
func listenersOf(overview record.Value, node string) []listener {
	var all []listener
	overview.At("listeners").Each(func(v record.Value) {
		l := listener{v.At("node").Text(), v.At("protocol").Text(), v.At("ip_address").Text(), v.At("port").Text()}
		if node == "" || l.node == node {
			all = append(all, l)
		}
	})
	return all
}

// shown is the address as the official tools write it.
func (l listener) shown() string {
	if strings.Contains(l.address, ":") {
		return "[" + l.address + "]"
	}
	return l.address
}

// purpose is what the official tools call a protocol.
func (l listener) purpose() string {
	plain, secure := strings.CutSuffix(l.protocol, "/ssl")
	switch plain {
	case "amqp":
		plain = "AMQP 0-9-1 and AMQP 1.0"
	case "mqtt":
		plain = "MQTT"
	case "stomp":
		plain = "STOMP"
	case "clustering":
		plain = "inter-node and CLI tool communication"
	case "http":
		plain = "HTTP API"
	case "https":
		plain = "HTTP API over TLS (HTTPS)"
	case "http/prometheus":
		plain = "Prometheus exporter API over HTTP"
	case "https/prometheus":
		plain = "Prometheus exporter API over TLS (HTTPS)"
	case "http/web-mqtt":
		plain = "MQTT over WebSockets"
	case "https/web-mqtt":
		plain = "MQTT over WebSockets and TLS (HTTPS)"
	case "http/web-stomp":
		plain = "STOMP over WebSockets"
	case "https/web-stomp":
		plain = "STOMP over WebSockets and TLS (HTTPS)"
	}
	if secure {
		plain += " over TLS"
	}
	return plain
}

func (l listener) line() string {
	return "Interface: " + l.shown() + ", port: " + l.port + ", protocol: " + l.protocol + ", purpose: " + l.purpose()
}

func listenerTerms(all []listener) list {
	out := list{}
	for _, l := range all {
		out = append(out, object("node", atom(l.node), "protocol", atom(l.protocol), "interface", binary(l.shown()),
			"port", number(l.port), "purpose", binary(l.purpose())))
	}
	return out
}

// listenerTable has the listeners as rows, for the formatters that print tables.
func listenerTable(all []listener) *table {
	t := &table{names: strings.Fields("node protocol interface port purpose")}
	for _, l := range all {
		t.rows = append(t.rows, []term{atom(l.node), atom(l.protocol), binary(l.shown()), number(l.port), binary(l.purpose())})
	}
	return t
}

func reportListeners(_ context.Context, c *call) (answer, error) {
	all := listenersOf(c.overview, c.node)
	var lines []string
	for _, l := range all {
		lines = append(lines, l.line())
	}
	a := answer{text: strings.Join(lines, "\n"), data: object("result", atom("ok"), "node", atom(c.node), "listeners", listenerTerms(all))}
	if format := c.option("formatter", ""); format == "csv" || format == "erlang" {
		a.table = listenerTable(all)
	}
	return a, nil
}
