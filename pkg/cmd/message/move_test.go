package message_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/message"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

// TestMove has the command lines that are refused before any message is taken, and moves by a shovel. Moves over AMQP
// need a real broker.
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
	const (
		shovels = "GET /api/shovels/%2F?columns=name 200 []"
		shovel  = "GET /api/parameters/shovel/%2F/rabbitctl%20src "
		listed  = "GET /api/parameters?columns=name%2Cvhost%2Ccomponent&disable_stats=true 200 []"
	)
	counted := func(name, ready string) []string {
		q := queue(name, plain)
		q[1] = strings.ReplaceAll(q[1], "5", ready)
		return q
	}
	const (
		policies = "GET /api/policies/%2F?columns=vhost%2Cname%2Cpattern%2Capply-to%2Cpriority%2Cdefinition 200 []"
		operator = "GET /api/operator-policies/%2F?columns=vhost%2Cname%2Cpattern%2Capply-to%2Cpriority%2Cdefinition 200 []"
	)
	noShovel := []string{shovel + no, listed}
	toShovel := and(queue("src", plain), queue("src", plain), queue("dst", plain), []string{calm, shovels})
	ring := func(name, next string) []string {
		at := "GET /api/queues/%2F/" + name
		is := `{"vhost":"/","name":"` + name + `","state":"running","type":"classic","durable":true,"exclusive":false,` +
			`"arguments":{"x-message-ttl":5000,"x-dead-letter-exchange":"","x-dead-letter-routing-key":"` + next +
			`"},"consumer_details":[]}`
		return []string{at + " 200 " + is, at + "?disable_stats=true&enable_queue_totals=true 200 " + is}
	}
	const ringed = `"type":"classic","arguments":{"x-message-ttl":5000,"x-dead-letter-exchange":"",` +
		`"x-dead-letter-routing-key":"wait"},"consumer_details":[]`
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
		c("source has an exclusive consumer", "move_messages src dst", "",
			queue("src", `"type":"classic","arguments":{},"consumer_details":[{"consumer_tag":"a","exclusive":true}]`)),
		c("ring of dead letters", "move_messages src dst --via shovel --dry-run", "", and(queue("src", plain),
			queue("src", plain), queue("dst", ringed), []string{calm, policies, operator},
			ring("dst", "wait"), ring("wait", "dst"), []string{shovels}, noShovel)),
		c("shovel and a filter", "move_messages src dst --via shovel --where priority>3", "", nil),
		c("by what is no way", "move_messages src dst --via pigeon", "", nil),
		c("copy by a shovel", "copy_messages src dst --via shovel", "", nil),
		c("shovel dry run", "move_messages src dst --via shovel --dry-run --limit 4", "", and(toShovel, noShovel)),
		c("shovel dry run, no tag monitoring", "move_messages src dst --via shovel --dry-run", "",
			and(queue("src", plain), queue("src", plain), queue("dst", plain),
				[]string{calm, "GET /api/shovels/%2F?columns=name 401 " + brokertest.NotMonitor}, noShovel)),
		c("shovel, plugin off", "move_messages src dst --via shovel --dry-run", "",
			and(queue("src", plain), queue("src", plain), queue("dst", plain), []string{calm,
				"GET /api/shovels/%2F?columns=name " + no, `GET /api/exchanges/%2F/amq.default 200 {"name":"","vhost":"/"}`})),
		c("shovel to another queue is there", "move_messages src dst --via shovel", "", and(toShovel,
			[]string{shovel + `200 {"name":"rabbitctl src","vhost":"/","component":"shovel","value":{"dest-queue":"other"}}`})),
		c("shovel moves", "move_messages src dst --via shovel", "", and(toShovel, noShovel, queue("src", plain),
			counted("dst", "5"), noShovel, []string{"PUT /api/parameters/shovel/%2F/rabbitctl%20src 201"}, noShovel,
			counted("dst", "10"), counted("src", "0"), counted("dst", "10"))),
		c("address with a password", "move_messages src dst --amqp-url amqp://app:canary@127.0.0.1", "", nil),
	})
}
