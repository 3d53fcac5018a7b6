//go:build acceptance

package acceptance

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// listeners has the ports of the protocols that a broker offers only while their plugins are enabled.
type listeners struct{ mqtt, webMQTT, stomp int }

// enableProtocols enables the plugins of MQTT, MQTT over WebSockets and STOMP until the test's end.
func (b *broker) enableProtocols(t *testing.T) listeners {
	t.Helper()
	// Every run uses the same ports. A WebSocket listener stays in the broker's table when its plugin is disabled, and
	// with two of them the release's own listing crashes. The ports are below those of devbroker, which begin at 21000.
	l := listeners{mqtt: b.AMQPPort - 11000, webMQTT: b.AMQPPort - 10999, stomp: b.AMQPPort - 10998}
	const set = `application:set_env(%s, %s, %s, [{persistent, true}])`
	b.ctl(t, "rabbitmqctl", "eval", strings.Join([]string{
		fmt.Sprintf(set, "rabbitmq_mqtt", "tcp_listeners", fmt.Sprintf(`[{"127.0.0.1", %d}]`, l.mqtt)),
		fmt.Sprintf(set, "rabbitmq_stomp", "tcp_listeners", fmt.Sprintf(`[{"127.0.0.1", %d}]`, l.stomp)),
		fmt.Sprintf(set, "rabbitmq_web_mqtt", "tcp_config", fmt.Sprintf(`[{ip, "127.0.0.1"}, {port, %d}]`, l.webMQTT)),
	}, ", ")+".").ok(t)
	plugins := []string{"rabbitmq_mqtt", "rabbitmq_web_mqtt", "rabbitmq_stomp"}
	b.ctl(t, append([]string{"rabbitmq-plugins", "-q", "enable"}, plugins...)...).ok(t)
	t.Cleanup(func() { afterwards(t, b.Name, append([]string{"rabbitmq-plugins", "-q", "disable"}, plugins...)...) })
	return l
}

// shows waits until a listing has exactly one row, with these fields.
func (b *broker) shows(t *testing.T, command string, fields ...string) {
	t.Helper()
	eventually(t, func() (bool, string) {
		r := b.rabbitctl(t, strings.Fields(command)...).ok(t)
		return slices.Equal(r.lines()[1:], []string{strings.Join(fields, "\t")}), command + ": " + r.stdout + r.stderr
	})
}

// TestParity_protocols lists connected clients of MQTT, MQTT over WebSockets and STOMP with rabbitctl's own commands,
// and compares the official dialect with the release's own tool. It leaves out what the HTTP API does not report:
// sessions, processes, the will, the version of a STOMP client and, on 3.10, of an MQTT client. Its file comes after
// that of TestParity, which needs brokers without these plugins.
func TestParity_protocols(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		ports, vhost := b.enableProtocols(t), b.vhost(t, "protocols")
		user, password := b.user(t, "")
		b.do(t, "PUT", path("permissions", vhost, user), map[string]any{"configure": ".*", "write": ".*", "read": ".*"})
		agree := func(all ...string) {
			for _, args := range all {
				if diff := b.differs(t, parityCase{args: "rabbitmqctl " + args}, nil); diff != "" {
					t.Errorf("rabbitmqctl %s (-real +ours):\n%s", args, diff)
				}
			}
		}
		const places = "client_id conn_name host port peer_host peer_port vhost user connection_state ssl"

		connectMQTT(t, ports.mqtt, "meter", vhost+":"+user, password)
		connectSTOMP(t, ports.stomp, vhost, user, password)
		b.shows(t, "list_mqtt_connections vhost user client_id connection_state", vhost, user, "meter", "running")
		b.shows(t, "list_stomp_connections vhost user connection_state", vhost, user, "running")
		agree("list_stomp_connections -q conn_name peer_addr host port peer_host peer_port channels channel_max frame_max ssl ssl_protocol ssl_cipher",
			"list_stomp_connections --formatter json conn_name peer_addr host port channels connection_state",
			"list_stomp_connections conn_name user")
		switch b.Release {
		case "3.10":
			agree("list_mqtt_connections", "list_mqtt_connections --formatter json "+places)
		case "4.0":
			// The tool of 4.0 crashes on a listener that is bound to one address.
		default:
			agree("list_mqtt_connections", "list_mqtt_connections -q protocol user_property ssl_protocol "+places,
				"list_mqtt_connections --formatter json protocol user_property recv_cnt recv_oct send_cnt send_oct send_pend "+
					places)
		}

		// The tool of 3.10 has no listing of MQTT clients over WebSockets. While such a client is connected, the tool's
		// listing of MQTT clients crashes.
		connectWebMQTT(t, ports.webMQTT, "page", vhost+":"+user, password)
		b.shows(t, "list_web_mqtt_connections vhost user client_id connection_state", vhost, user, "page", "running")
		b.shows(t, "list_mqtt_connections client_id", "meter")
		if b.Release != "3.10" && b.Release != "4.0" {
			agree("list_web_mqtt_connections", "list_web_mqtt_connections -q protocol "+places)
		}
	})
}
