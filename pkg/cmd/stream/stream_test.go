package stream_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/stream"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

// What brokers sent about one client that publishes and reads.
const (
	connection310 = `[{"auth_mechanism":"PLAIN","client_properties":{"connection_name":"stream app"},"frame_max":1048576,
 "host":"127.0.0.1","name":"127.0.0.1:36020 -> 127.0.0.1:5552","node":"rabbit@a","peer_cert_issuer":null,"peer_host":"127.0.0.1",
 "peer_port":36020,"port":5552,"protocol":"stream","ssl":false,"state":"running","timeout":60,"user":"guest",
 "user_provided_name":"stream app","vhost":"/"}]`
	consumer310 = `[{"connection_details":{"name":"127.0.0.1:36020 -> 127.0.0.1:5552","node":"rabbit@a","peer_host":"127.0.0.1",
 "peer_port":36020,"user":"guest"},"consumed":5,"credits":9,"offset":0,"offset_lag":5,"properties":{"name":"reader"},
 "queue":{"name":"events","vhost":"/"},"subscription_id":4}]`
	consumer43 = `[{"connection_details":{"name":"127.0.0.1:40352 -> 127.0.0.1:5552","node":"rabbit@a","peer_host":"127.0.0.1",
 "peer_port":40352,"user":"guest"},"active":true,"activity_status":"up","consumed":5,"credits":9,"offset":4,"offset_lag":1,
 "properties":{"name":"reader"},"queue":{"name":"events","vhost":"/"},"subscription_id":4}]`
	publisher = `[{"connection_details":{"name":"127.0.0.1:40352 -> 127.0.0.1:5552","node":"rabbit@a"},"confirmed":5,"errored":0,
 "published":5,"publisher_id":3,"queue":{"name":"events","vhost":"/"},"reference":"ref-1"}]`
	notFound = `{"error":"Object Not Found","reason":"Not Found"}`
)

const (
	connectionColumns = "?columns=vhost%2Cnode%2Cname%2Cuser%2Cstate"
	consumerColumns   = "?columns=queue.vhost%2Csubscription_id%2Cqueue.name%2Cconsumed%2Coffset%2Coffset_lag%2Ccredits%2Cactive%2Cactivity_status%2Cproperties"
	publisherColumns  = "?columns=queue.vhost%2Cpublisher_id%2Cqueue.name%2Creference%2Cpublished%2Cconfirmed%2Cerrored"
)

// answer is what the broker says to one request.
type answer struct {
	request string
	status  int
	body    string
}

func TestCommands(t *testing.T) {
	t.Parallel()
	ok := func(request, body string) answer { return answer{"GET /api/" + request, 200, body} }
	missing := func(request string) answer { return answer{"GET /api/" + request, 404, notFound} }
	tests := []struct {
		name    string
		answers []answer
		words   string
	}{
		{"connections", []answer{ok("stream/connections"+connectionColumns, connection310)}, "list_stream_connections"},
		{"connections columns", []answer{ok("stream/connections/%2F?columns=name%2Ctimeout%2Cheartbeat%2Cuser_provided_name%2Cclient_properties", connection310)},
			"list_stream_connections conn_name heartbeat pid user_provided_name -p / -o json"},
		{"consumers 3.10", []answer{ok("stream/consumers"+consumerColumns, consumer310)}, "list_stream_consumers"},
		{"consumers 4.3", []answer{ok("stream/consumers"+consumerColumns, consumer43)}, "list_stream_consumers -o json"},
		{"publishers", []answer{ok("stream/publishers"+publisherColumns, publisher)}, "list_stream_publishers"},
		{"plugin off", []answer{missing("stream/consumers" + consumerColumns)}, "list_stream_consumers"},
		{"plugin off in a virtual host", []answer{missing("stream/consumers/%2F" + consumerColumns), ok("exchanges/%2F/amq.default", `{"name":"/"}`)},
			"list_stream_consumers -p /"},
		{"no such virtual host", []answer{missing("stream/consumers/prod" + consumerColumns), missing("exchanges/prod/amq.default")}, "list_stream_consumers -p prod"},
		{"tracking", []answer{ok("stream/%2F/events/tracking", `{"writers":{"ref-1":5},"offsets":{"z":7,"reader":18446744073709551615}}`)},
			"list_stream_tracking events"},
		{"tracking filtered", []answer{ok("stream/prod/events/tracking", `{"writers":{"ref-1":5},"offsets":{"z":7,"a":3}}`)},
			"list_stream_tracking events name -p prod --where type=='offset' --sort -tracking_value -o json"},
		{"tracking of an old release", []answer{missing("stream/%2F/events/tracking"), ok("queues/%2F/events", `{"type":"stream"}`)}, "list_stream_tracking events"},
		{"tracking of 3.10", []answer{{"GET /api/stream/%2F/events/tracking", 400, `{"error":"bad_request","reason":"bad_request"}`}, ok("queues/%2F/events", `{"type":"stream"}`)},
			"list_stream_tracking events"},
		{"tracking of 3.10 without access", []answer{{"GET /api/stream/%2F/events/tracking", 400, `{"error":"bad_request","reason":"bad_request"}`},
			{"GET /api/queues/%2F/events", 401, `{"error":"not_authorised","reason":"User not authorised to access virtual host"}`}}, "list_stream_tracking events"},
		{"tracking of no stream", []answer{{"GET /api/stream/%2F/orders/tracking", 503, `{"error":"service_unavailable","reason":"The stream leader is not available"}`},
			ok("queues/%2F/orders", `{"type":"classic"}`)}, "list_stream_tracking orders"},
		{"tracking without a leader", []answer{{"GET /api/stream/%2F/orders/tracking", 503, `{"error":"service_unavailable","reason":"The stream leader is not available"}`},
			ok("queues/%2F/orders", `{"type":"stream"}`)}, "list_stream_tracking orders"},
		{"tracking of nothing", []answer{missing("stream/%2F/evnts/tracking"), missing("queues/%2F/evnts"), ok("exchanges/%2F/amq.default", `{}`)}, "list_stream_tracking evnts"},
		{"tracking without a stream", nil, "list_stream_tracking"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			for _, a := range tt.answers {
				s.JSON(a.request, a.status, a.body)
			}
			r := cmdtest.Run{Commands: stream.Commands()}
			r.Check(t, tt.name, s, strings.Fields(tt.words)...)
		})
	}
}
