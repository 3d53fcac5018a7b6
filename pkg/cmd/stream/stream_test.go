package stream_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/stream"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

// These are the answers of brokers about one client that publishes and reads, of 3.10 and 4.3 where they differ.
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
)

const (
	connectionColumns = "?columns=vhost%2Cnode%2Cname%2Cuser%2Cstate"
	consumerColumns   = "?columns=queue.vhost%2Csubscription_id%2Cqueue.name%2Cconsumed%2Coffset%2Coffset_lag%2Ccredits%2Cactive%2Cactivity_status%2Cproperties"
	publisherColumns  = "?columns=queue.vhost%2Cpublisher_id%2Cqueue.name%2Creference%2Cpublished%2Cconfirmed%2Cerrored"
)

func TestCommands(t *testing.T) {
	t.Parallel()
	cmdtest.Cases(t, stream.Commands, "", []cmdtest.Case{
		{Name: "connections", Words: "list_stream_connections", Answers: map[string]string{"stream/connections" +
			connectionColumns: connection310}},
		{Name: "connections columns",
			Words: "list_stream_connections conn_name heartbeat pid user_provided_name -p / -o json", Answers: map[string]string{
				"stream/connections/%2F?columns=name%2Ctimeout%2Cheartbeat%2Cuser_provided_name%2Cclient_properties": connection310}},
		{Name: "consumers 3.10", Words: "list_stream_consumers", Answers: map[string]string{"stream/consumers" +
			consumerColumns: consumer310}},
		{Name: "consumers 4.3", Words: "list_stream_consumers -o json", Answers: map[string]string{"stream/consumers" +
			consumerColumns: consumer43}},
		{Name: "publishers", Words: "list_stream_publishers", Answers: map[string]string{"stream/publishers" +
			publisherColumns: publisher}},
		{Name: "plugin off", Words: "list_stream_consumers", Answers: map[string]string{"stream/consumers" +
			consumerColumns: cmdtest.NotFound}},
		{Name: "plugin off in a virtual host", Words: "list_stream_consumers -p /",
			Answers: map[string]string{"stream/consumers/%2F" + consumerColumns: cmdtest.NotFound,
				"exchanges/%2F/amq.default": `{"name":"/"}`}},
		{Name: "no such virtual host", Words: "list_stream_consumers -p prod",
			Answers: map[string]string{"stream/consumers/prod" + consumerColumns: cmdtest.NotFound,
				"exchanges/prod/amq.default": cmdtest.NotFound, "vhosts?columns=name": `[{"name":"/"},{"name":"staging"}]`}},
		{Name: "tracking", Words: "list_stream_tracking events",
			Answers: map[string]string{"stream/%2F/events/tracking": `{"writers":{"ref-1":5},"offsets":{"z":7,"reader":18446744073709551615}}`}},
		{Name: "tracking filtered",
			Words:   "list_stream_tracking events name -p prod --where type=='offset' --sort -tracking_value -o json",
			Answers: map[string]string{"stream/prod/events/tracking": `{"writers":{"ref-1":5},"offsets":{"z":7,"a":3}}`}},
		{Name: "tracking of an old release", Words: "list_stream_tracking events",
			Answers: map[string]string{"stream/%2F/events/tracking": cmdtest.NotFound,
				"queues/%2F/events": `{"type":"stream"}`}},
		{Name: "tracking of 3.10", Words: "list_stream_tracking events", Answers: map[string]string{
			"stream/%2F/events/tracking": `400 {"error":"bad_request","reason":"bad_request"}`,
			"queues/%2F/events":          `{"type":"stream"}`}},
		{Name: "tracking of 3.10 without access", Words: "list_stream_tracking events", Answers: map[string]string{
			"stream/%2F/events/tracking": `400 {"error":"bad_request","reason":"bad_request"}`,
			"queues/%2F/events":          `401 {"error":"not_authorised","reason":"User not authorised to access virtual host"}`}},
		{Name: "tracking of no stream", Words: "list_stream_tracking orders", Answers: map[string]string{
			"stream/%2F/orders/tracking": `503 {"error":"service_unavailable","reason":"The stream leader is not available"}`,
			"queues/%2F/orders":          `{"type":"classic"}`}},
		{Name: "tracking without a leader", Words: "list_stream_tracking orders", Answers: map[string]string{
			"stream/%2F/orders/tracking": `503 {"error":"service_unavailable","reason":"The stream leader is not available"}`,
			"queues/%2F/orders":          `{"type":"stream"}`}},
		{Name: "tracking of nothing", Words: "list_stream_tracking evnts", Answers: map[string]string{
			"stream/%2F/evnts/tracking": cmdtest.NotFound,
			"queues/%2F/evnts":          cmdtest.NotFound,
			"exchanges/%2F/amq.default": `{}`}},
		{Name: "tracking without a stream", Words: "list_stream_tracking"},
	})
}

// A user without the tag monitoring gets only its own stream connections, consumers and publishers. The command must
// say so.
func TestList_ofOneself(t *testing.T) {
	t.Parallel()
	for what, columns := range map[string]string{"connections": connectionColumns, "consumers": consumerColumns,
		"publishers": publisherColumns} {
		s := brokertest.New(t)
		s.JSON("GET /api/stream/"+what+columns, 200, `[]`)
		s.JSON("GET /api/exchanges?columns=name", 200, `[{"name":""}]`)
		s.JSON(brokertest.Standing, 401, brokertest.NotMonitor)
		got := cmdtest.Run{Commands: stream.Commands()}.Do(t, s, "list_stream_"+what)
		want := "note: stream " + what + " of other users are not shown to user monitor: it has no tag monitoring"
		if got.Error != nil || !strings.HasPrefix(got.Err, want) {
			t.Errorf("%s: %v\n%s", what, got.Error, got.Err)
		}
	}
}
