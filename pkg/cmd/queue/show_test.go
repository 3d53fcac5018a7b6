package queue_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/queue"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

// fedq is a queue with three consumers: the first belongs to a program with a name, the second waits, and the
// connection of the third is gone. bindings are the bindings of this queue.
const (
	fedq = `{"consumer_details":[{"arguments":{},"channel_details":{"connection_name":"10.0.0.7:44254 -> 10.0.0.1:5672","name":"10.0.0.7:44254 -> 10.0.0.1:5672 (1)","number":1,"peer_host":"10.0.0.7","peer_port":44254,"user":"app"},"ack_required":true,"active":true,"activity_status":"up","consumer_tag":"hold","prefetch_count":5},
 {"arguments":{},"channel_details":{"connection_name":"10.0.0.7:44254 -> 10.0.0.1:5672","name":"10.0.0.7:44254 -> 10.0.0.1:5672 (2)","number":2,"peer_host":"10.0.0.7","peer_port":44254,"user":"app"},"ack_required":true,"active":false,"activity_status":"waiting","consumer_tag":"spare","prefetch_count":5},
 {"arguments":{},"channel_details":{"connection_name":"gone","name":"gone (1)","user":"app"},"consumer_tag":"left"}],
 "arguments":{"x-single-active-consumer":true},"auto_delete":false,"durable":true,"effective_policy_definition":{"max-length":1000},"exclusive":false,"memory":55536,"message_bytes":1200,
 "messages":3,"messages_ready":1,"messages_unacknowledged":2,"message_stats":{"publish":40,"publish_details":{"rate":1.5},"ack":37,"ack_details":{"rate":0.0}},
 "name":"fedq","node":"rabbit@a","operator_policy":null,"policy":"fed","single_active_consumer_tag":"hold","state":"running","type":"classic","vhost":"/"}`
	bindings = `[{"source":"","destination":"fedq","destination_type":"queue","routing_key":"fedq","arguments":{}},{"source":"ex","destination":"fedq","destination_type":"queue","routing_key":"a.#","arguments":{}}]`
)

func TestShow(t *testing.T) {
	t.Parallel()
	cmdtest.Cases(t, queue.Commands, "show", []cmdtest.Case{
		{Name: "counts of the queue", Words: "show_queue fedq", Answers: map[string]string{
			"queues/%2F/fedq": fedq,
			"queues/%2F/fedq?disable_stats=true&enable_queue_totals=true": `{"messages":9,"messages_ready":4,"messages_unacknowledged":5}`,
			"connections/10.0.0.7:44254%20-%3E%2010.0.0.1:5672":           `{"name":"10.0.0.7:44254 -> 10.0.0.1:5672","user_provided_name":"worker-7"}`, "connections/gone": cmdtest.NotFound,
			"queues/%2F/fedq/bindings": bindings}},
		{Name: "counts of the statistics", Words: "show_queue fedq -o json", Answers: map[string]string{
			"queues/%2F/fedq": fedq,
			"queues/%2F/fedq?disable_stats=true&enable_queue_totals=true":                                                `{"name":"fedq"}`,
			"queues/%2F?disable_stats=true&enable_queue_totals=true&name=%5Efedq%24&page=1&page_size=500&use_regex=true": `{"items":[]}`,
			"connections/10.0.0.7:44254%20-%3E%2010.0.0.1:5672":                                                          `{"name":"10.0.0.7:44254 -> 10.0.0.1:5672","user_provided_name":"worker-7"}`, "connections/gone": cmdtest.NotFound,
			"queues/%2F/fedq/bindings": bindings}},
		{Name: "terminal", Words: "show_queue fedq", Answers: map[string]string{
			"queues/%2F/fedq": fedq,
			"queues/%2F/fedq?disable_stats=true&enable_queue_totals=true": `{"messages":9,"messages_ready":4,"messages_unacknowledged":5}`,
			"connections/10.0.0.7:44254%20-%3E%2010.0.0.1:5672":           `{"name":"10.0.0.7:44254 -> 10.0.0.1:5672","user_provided_name":"worker-7"}`, "connections/gone": cmdtest.NotFound,
			"queues/%2F/fedq/bindings": bindings}},
		{Name: "young", Words: "show_queue new -p a/b",
			Answers: map[string]string{"queues/a%2Fb/new": `{"name":"new","vhost":"a/b","consumer_details":[]}`,
				"queues/a%2Fb?disable_stats=true&enable_queue_totals=true&name=%5Enew%24&page=1&page_size=500&use_regex=true": `{"items":[]}`, "queues/a%2Fb/new/bindings": `[]`}},
		// The statistics report 0 messages for a queue whose virtual host is stopped, however many it holds.
		{Name: "stopped", Words: "show_queue q -p v",
			Answers: map[string]string{"queues/v/q": `{"name":"q","vhost":"v","type":"classic","state":"stopped","messages":0,"messages_ready":0,"messages_unacknowledged":0,"consumer_details":[]}`,
				"queues/v/q/bindings": `[]`}},
		// For a queue whose node is down, 4.3 reports the state stopped, as for a stopped virtual host. In the listing of
		// queues it reports down.
		{Name: "its node is down", Words: "show_queue q -p v", Answers: map[string]string{
			"queues/v/q": `{"name":"q","vhost":"v","type":"classic","state":"stopped","node":"rabbit@b","consumer_details":[]}`,
			"nodes?columns=name%2Crunning%2Cpartitions": `[{"name":"rabbit@a","running":true,"partitions":[]},{"name":"rabbit@b","running":false}]`,
			"queues/v/q/bindings":                       `[]`}},
		// While a node is missing, the statistics of 3.10 report 0 messages for a quorum queue, however many it holds.
		{Name: "quorum while a node is missing", Words: "show_queue q -p v", Answers: map[string]string{
			"queues/v/q": `{"name":"q","vhost":"v","type":"quorum","state":"running","node":"rabbit@a","messages":0,"messages_ready":0,"messages_unacknowledged":0,"consumer_details":[]}`,
			"nodes?columns=name%2Crunning%2Cpartitions": `[{"name":"rabbit@a","running":true,"partitions":[]},{"name":"rabbit@b","running":false}]`,
			"queues/v/q/bindings":                       `[]`}},
		// A count that is not 0 is one of the statistics.
		{Name: "quorum in a split cluster", Words: "show_queue q -p v", Answers: map[string]string{
			"queues/v/q": `{"name":"q","vhost":"v","type":"quorum","state":"running","node":"rabbit@a","messages":3,"messages_ready":3,"messages_unacknowledged":0,"consumer_details":[]}`,
			"nodes?columns=name%2Crunning%2Cpartitions": `[{"name":"rabbit@a","running":true,"partitions":["rabbit@b"]},{"name":"rabbit@b","running":true}]`,
			"queues/v/q/bindings":                       `[]`}},
		{Name: "known and no more", Words: "show_queue q -p v",
			Answers: map[string]string{"queues/v/q": `{"name":"q","vhost":"v","type":"classic","state":"live"}`,
				"queues/v/q?disable_stats=true&enable_queue_totals=true": `{"messages":9,"messages_ready":4,"messages_unacknowledged":5}`, "queues/v/q/bindings": `[]`}},
		{Name: "read by the broker itself", Words: "show_queue q -p v", Answers: map[string]string{
			"queues/v/q": `{"name":"q","vhost":"v","type":"classic","state":"running","consumer_details":[{"consumer_tag":"mv","channel_details":{"name":"<a@b.1.2.0> (1)","user":"none","peer_host":"undefined","peer_port":"undefined"}}]}`,
			"queues/v/q?disable_stats=true&enable_queue_totals=true": `{"messages":9,"messages_ready":4,"messages_unacknowledged":5}`, "queues/v/q/bindings": `[]`}},
		{Name: "not there", Words: "show_queue fedk", Answers: map[string]string{"queues/%2F/fedk": cmdtest.NotFound,
			"exchanges/%2F/amq.default":                  `{}`,
			"queues/%2F?columns=name&disable_stats=true": `[{"name":"other"},{"name":"fedq"}]`}},
		{Name: "no virtual host", Words: "show_queue fedk -p prod",
			Answers: map[string]string{"queues/prod/fedk": cmdtest.NotFound, "exchanges/prod/amq.default": cmdtest.NotFound,
				"vhosts?columns=name": `[{"name":"/"},{"name":"staging"}]`}},
		{Name: "no name", Words: "show_queue"},
		{Name: "two names", Words: "show_queue a b"},
	})
}
