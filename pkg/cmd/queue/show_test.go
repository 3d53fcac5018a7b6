package queue_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/queue"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/golden"
)

func TestShow(t *testing.T) {
	t.Parallel()
	const notFound = "404 " + `{"error":"Object Not Found","reason":"Not Found"}`
	tests := []struct {
		name, words string
		// answers are requests without GET /api/, and bodies; a body may begin with a status.
		answers map[string]string
	}{
		{"counts of the queue", "show_queue fedq", map[string]string{
			"queues/%2F/fedq": `{"consumer_details":[{"arguments":{},"channel_details":{"connection_name":"10.0.0.7:44254 -> 10.0.0.1:5672","name":"10.0.0.7:44254 -> 10.0.0.1:5672 (1)","number":1,"peer_host":"10.0.0.7","peer_port":44254,"user":"app"},"ack_required":true,"active":true,"activity_status":"up","consumer_tag":"hold","prefetch_count":5},
 {"arguments":{},"channel_details":{"connection_name":"10.0.0.7:44254 -> 10.0.0.1:5672","name":"10.0.0.7:44254 -> 10.0.0.1:5672 (2)","number":2,"peer_host":"10.0.0.7","peer_port":44254,"user":"app"},"ack_required":true,"active":false,"activity_status":"waiting","consumer_tag":"spare","prefetch_count":5},
 {"arguments":{},"channel_details":{"connection_name":"gone","name":"gone (1)","user":"app"},"consumer_tag":"left"}],
 "arguments":{"x-single-active-consumer":true},"auto_delete":false,"durable":true,"effective_policy_definition":{"max-length":1000},"exclusive":false,"memory":55536,"message_bytes":1200,
 "messages":3,"messages_ready":1,"messages_unacknowledged":2,"message_stats":{"publish":40,"publish_details":{"rate":1.5},"ack":37,"ack_details":{"rate":0.0}},
 "name":"fedq","node":"rabbit@a","operator_policy":null,"policy":"fed","single_active_consumer_tag":"hold","state":"running","type":"classic","vhost":"/"}`,
			"queues/%2F/fedq?disable_stats=true&enable_queue_totals=true": `{"messages":9,"messages_ready":4,"messages_unacknowledged":5}`,
			"connections/10.0.0.7:44254%20-%3E%2010.0.0.1:5672":           `{"name":"10.0.0.7:44254 -> 10.0.0.1:5672","user_provided_name":"worker-7"}`, "connections/gone": notFound,
			"queues/%2F/fedq/bindings": `[{"source":"","destination":"fedq","destination_type":"queue","routing_key":"fedq","arguments":{}},{"source":"ex","destination":"fedq","destination_type":"queue","routing_key":"a.#","arguments":{}}]`}},
		{"counts of the statistics", "show_queue fedq -o json", map[string]string{
			"queues/%2F/fedq": `{"consumer_details":[{"arguments":{},"channel_details":{"connection_name":"10.0.0.7:44254 -> 10.0.0.1:5672","name":"10.0.0.7:44254 -> 10.0.0.1:5672 (1)","number":1,"peer_host":"10.0.0.7","peer_port":44254,"user":"app"},"ack_required":true,"active":true,"activity_status":"up","consumer_tag":"hold","prefetch_count":5},
 {"arguments":{},"channel_details":{"connection_name":"10.0.0.7:44254 -> 10.0.0.1:5672","name":"10.0.0.7:44254 -> 10.0.0.1:5672 (2)","number":2,"peer_host":"10.0.0.7","peer_port":44254,"user":"app"},"ack_required":true,"active":false,"activity_status":"waiting","consumer_tag":"spare","prefetch_count":5},
 {"arguments":{},"channel_details":{"connection_name":"gone","name":"gone (1)","user":"app"},"consumer_tag":"left"}],
 "arguments":{"x-single-active-consumer":true},"auto_delete":false,"durable":true,"effective_policy_definition":{"max-length":1000},"exclusive":false,"memory":55536,"message_bytes":1200,
 "messages":3,"messages_ready":1,"messages_unacknowledged":2,"message_stats":{"publish":40,"publish_details":{"rate":1.5},"ack":37,"ack_details":{"rate":0.0}},
 "name":"fedq","node":"rabbit@a","operator_policy":null,"policy":"fed","single_active_consumer_tag":"hold","state":"running","type":"classic","vhost":"/"}`,
			"queues/%2F/fedq?disable_stats=true&enable_queue_totals=true": `{"name":"fedq"}`,
			"connections/10.0.0.7:44254%20-%3E%2010.0.0.1:5672":           `{"name":"10.0.0.7:44254 -> 10.0.0.1:5672","user_provided_name":"worker-7"}`, "connections/gone": notFound,
			"queues/%2F/fedq/bindings": `[{"source":"","destination":"fedq","destination_type":"queue","routing_key":"fedq","arguments":{}},{"source":"ex","destination":"fedq","destination_type":"queue","routing_key":"a.#","arguments":{}}]`}},
		{"terminal", "show_queue fedq", map[string]string{
			"queues/%2F/fedq": `{"consumer_details":[{"arguments":{},"channel_details":{"connection_name":"10.0.0.7:44254 -> 10.0.0.1:5672","name":"10.0.0.7:44254 -> 10.0.0.1:5672 (1)","number":1,"peer_host":"10.0.0.7","peer_port":44254,"user":"app"},"ack_required":true,"active":true,"activity_status":"up","consumer_tag":"hold","prefetch_count":5},
 {"arguments":{},"channel_details":{"connection_name":"10.0.0.7:44254 -> 10.0.0.1:5672","name":"10.0.0.7:44254 -> 10.0.0.1:5672 (2)","number":2,"peer_host":"10.0.0.7","peer_port":44254,"user":"app"},"ack_required":true,"active":false,"activity_status":"waiting","consumer_tag":"spare","prefetch_count":5},
 {"arguments":{},"channel_details":{"connection_name":"gone","name":"gone (1)","user":"app"},"consumer_tag":"left"}],
 "arguments":{"x-single-active-consumer":true},"auto_delete":false,"durable":true,"effective_policy_definition":{"max-length":1000},"exclusive":false,"memory":55536,"message_bytes":1200,
 "messages":3,"messages_ready":1,"messages_unacknowledged":2,"message_stats":{"publish":40,"publish_details":{"rate":1.5},"ack":37,"ack_details":{"rate":0.0}},
 "name":"fedq","node":"rabbit@a","operator_policy":null,"policy":"fed","single_active_consumer_tag":"hold","state":"running","type":"classic","vhost":"/"}`,
			"queues/%2F/fedq?disable_stats=true&enable_queue_totals=true": `{"messages":9,"messages_ready":4,"messages_unacknowledged":5}`,
			"connections/10.0.0.7:44254%20-%3E%2010.0.0.1:5672":           `{"name":"10.0.0.7:44254 -> 10.0.0.1:5672","user_provided_name":"worker-7"}`, "connections/gone": notFound,
			"queues/%2F/fedq/bindings": `[{"source":"","destination":"fedq","destination_type":"queue","routing_key":"fedq","arguments":{}},{"source":"ex","destination":"fedq","destination_type":"queue","routing_key":"a.#","arguments":{}}]`}},
		{"young", "show_queue new -p a/b", map[string]string{"queues/a%2Fb/new": `{"name":"new","vhost":"a/b","consumer_details":[]}`,
			"queues/a%2Fb/new?disable_stats=true&enable_queue_totals=true": `{"name":"new"}`, "queues/a%2Fb/new/bindings": `[]`}},
		{"not there", "show_queue fedk", map[string]string{"queues/%2F/fedk": notFound, "exchanges/%2F/amq.default": `{}`,
			"queues/%2F?columns=name&disable_stats=true&enable_queue_totals=true": `[{"name":"other"},{"name":"fedq"}]`}},
		{"no virtual host", "show_queue fedk -p prod", map[string]string{"queues/prod/fedk": notFound, "exchanges/prod/amq.default": notFound}},
		{"no name", "show_queue", nil},
		{"two names", "show_queue a b", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			for request, body := range tt.answers {
				status := 200
				switch {
				case strings.HasPrefix(body, "404 "):
					status, body = 404, body[4:]
				case strings.HasPrefix(body, "401 "):
					status, body = 401, body[4:]
				}
				s.JSON("GET /api/"+request, status, body)
			}
			r := cmdtest.Run{Commands: queue.Commands(), Terminal: strings.HasSuffix(tt.name, "terminal")}
			golden.Check(t, "show/"+tt.name, "$ rabbitctl "+tt.words+"\n"+r.Do(t, s, strings.Fields(tt.words)...).Golden(s))
		})
	}
}
