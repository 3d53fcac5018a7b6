package message_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/message"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

// TestMove has what is refused before anything is taken. What AMQP does needs a real broker.
func TestMove(t *testing.T) {
	t.Parallel()
	queue := func(name, more string) []string {
		at := "GET /api/queues/%2F/" + name
		return []string{
			at + ` 200 {"vhost":"/","name":"` + name + `","state":"running","durable":true,"exclusive":false,` + more + "}",
			at + `?disable_stats=true&enable_queue_totals=true 200 {"name":"` + name +
				`","messages":5,"messages_ready":5,"messages_unacknowledged":0}`,
			at + "/bindings 200 []",
		}
	}
	stream := func(name string) []string {
		at := "GET /api/queues/%2F/" + name
		is := at + ` 200 {"vhost":"/","name":"` + name + `","state":"running","durable":true,"exclusive":false,` +
			`"type":"stream","arguments":{},"consumer_details":[]}`
		return []string{is, is, at + "/bindings 200 []"}
	}
	const (
		plain   = `"type":"classic","arguments":{},"consumer_details":[]`
		calm    = `GET /api/health/checks/alarms 200 {"status":"ok"}`
		no      = "404 {\"error\":\"Object Not Found\",\"reason\":\"Not Found\"}"
		names   = `GET /api/queues/%2F?columns=name&disable_stats=true 200 [{"name":"src"},{"name":"dst"}]`
		nowhere = `GET /api/overview 200 {"rabbitmq_version":"4.3.6","node":"a@b","listeners":[{"node":"a@b","protocol":"http","port":1}]}`
	)
	and := func(parts ...[]string) (all []string) {
		for _, p := range parts {
			all = append(all, p...)
		}
		return all
	}
	c := cmdtest.NewChange
	cmdtest.Changes(t, message.Commands, "move", []cmdtest.ChangeCase{
		c("same queue", "move_messages src src", "", nil),
		c("limit below zero", "move_messages src dst --limit -1", "", nil),
		c("source is a stream", "move_messages src dst", "", stream("src")),
		c("source delivers to one consumer", "move_messages src dst", "",
			queue("src", `"type":"classic","arguments":{"x-single-active-consumer":true},"consumer_details":[{"consumer_tag":"a"}]`)),
		c("no such destination", "move_messages src dts", "",
			and(queue("src", plain), []string{"GET /api/queues/%2F/dts " + no,
				`GET /api/exchanges/%2F/amq.default 200 {"name":"","vhost":"/"}`, names})),
		c("destination is a stream", "move_messages src dst", "",
			and(queue("src", plain), stream("dst"))),
		c("alarm", "move_messages src dst", "", and(queue("src", plain), queue("dst", plain),
			[]string{`GET /api/health/checks/alarms 503 {"status":"failed","reason":"alarms","alarms":[{"node":"a@b","resource":"memory"}]}`})),
		c("no AMQP listener", "move_messages src dst", "", and(queue("src", plain), queue("dst", plain),
			[]string{calm, nowhere})),
		c("nobody listens", "move_messages src dst --amqp-url amqp://127.0.0.1:1", "",
			and(queue("src", plain), queue("dst", plain), []string{calm})),
		c("address with a password", "move_messages src dst --amqp-url amqp://app:canary@127.0.0.1", "", nil),
	})
}
