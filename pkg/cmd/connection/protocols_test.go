package connection_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/connection"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

// allProtocols has one connection of each protocol, in one list as the API sends them.
const allProtocols = `[
 {"name":"10.0.0.1:1 -> 10.0.0.9:5672","protocol":"AMQP 0-9-1","vhost":"/","user":"app","state":"running"},
 {"name":"10.0.0.2:2 -> 10.0.0.9:5672","protocol":"AMQP 1-0","vhost":"/","user":"app","state":"running","container_id":"c-1"},
 {"name":"10.0.0.3:3 -> 10.0.0.9:1883","protocol":"MQTT 3.1.1","vhost":"/","user":"sensor","state":"running","client_properties":{"client_id":"meter-1"}},
 {"name":"10.0.0.4:4 -> 10.0.0.9:15675","protocol":"Web MQTT 5-0","vhost":"/","user":"sensor","state":"running","client_properties":{"client_id":"page-1"}},
 {"name":"10.0.0.5:5 -> 10.0.0.9:61613","protocol":"STOMP 1.2","vhost":"/","user":"old","state":"running"},
 {"name":"<rabbit@a.1.2.0>","protocol":"Direct 0-9-1","vhost":"/","user":"none"},
 {"name":"10.0.0.6:6 -> 10.0.0.9:5672","vhost":"/"}]`

func TestProtocols(t *testing.T) {
	t.Parallel()
	const mqtt = "vhost%2Cuser%2Cclient_properties%2Cname%2Cprotocol%2Cstate"
	tests := []struct{ name, columns, words string }{
		{"mqtt", mqtt, "list_mqtt_connections"},
		{"web mqtt", mqtt, "list_web_mqtt_connections -o json"},
		{"stomp", "vhost%2Cuser%2Cname%2Cprotocol%2Cstate", "list_stomp_connections"},
		{"amqp10", "vhost%2Cuser%2Cname%2Ccontainer_id%2Cstate%2Cprotocol", "list_amqp10_connections"},
		{"narrowed before the filter", "name%2Cuser%2Cprotocol",
			"list_mqtt_connections conn_name --where user!=\"app\" --limit 1"},
		{"columns without a value", "client_properties%2Cprotocol", "list_mqtt_connections client_id will_msg pid -o json"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON("GET /api/connections?columns="+tt.columns+brokertest.Uncached, 200, allProtocols)
			r := cmdtest.Run{Commands: connection.Commands()}
			r.Check(t, "protocols/"+tt.name, s, strings.Fields(tt.words)...)
		})
	}
}
