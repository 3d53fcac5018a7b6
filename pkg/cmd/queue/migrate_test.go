package queue_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/queue"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestMigrate(t *testing.T) {
	t.Parallel()
	const (
		aside   = "GET /api/queues/%2F/orders.migrating "
		ask     = "GET" + atOrders + " 200 "
		held    = "GET" + atOrders + ownView + " 200 "
		bound   = "GET" + atOrders + `/bindings 200 [{"source":"shop"},{"source":""}]`
		shovels = "GET /api/shovels/%2F?columns=name 200 []"
		ourOwn  = "GET /api/parameters/shovel/%2F/rabbitctl%20orders "
		noOwn   = ourOwn + cmdtest.NotFound
		params  = "GET /api/parameters?columns=name%2Cvhost%2Ccomponent&disable_stats=true 200 []"
		unseen  = `401 {"error":"not_authorised","reason":"User not authorised to access object"}`
		calm    = `GET /api/health/checks/alarms 200 {"status":"ok"}`
		blocked = `GET /api/health/checks/alarms 503 {"status":"failed","reason":"alarms","alarms":[{"node":"a@b","resource":"disk"}]}`
		noAMQP  = `GET /api/overview 200 {"rabbitmq_version":"4.3.6","node":"a@b","listeners":[{"node":"a@b","protocol":"http","port":1}]}`
		ours    = aside + `200 {"vhost":"/","name":"orders.migrating","type":"classic","durable":true,"arguments":` +
			`{"x-rabbitctl-migration":"{\"type\":\"quorum\",\"arguments\":{\"x-max-length\":9}}"}}`
		foreign = aside + `200 {"vhost":"/","name":"orders.migrating","type":"classic","durable":true,"arguments":{}}`
		rules   = "GET /api/policies/%2F?columns=name%2Cpattern%2Capply-to%2Cpriority%2Cdefinition 200 "
		orders  = "GET /api/operator-policies/%2F?columns=name%2Cpattern%2Capply-to%2Cpriority%2Cdefinition 200 "
		five    = `{"name":"orders","messages":5,"messages_ready":5,"messages_unacknowledged":0}`
		none    = `{"name":"orders","messages":0,"messages_ready":0,"messages_unacknowledged":0}`
	)
	is := func(kind, arguments, consumers string) string {
		return ask + `{"vhost":"/","name":"orders","type":"` + kind + `","state":"running","durable":true,` +
			`"exclusive":false,"auto_delete":false,"arguments":` + arguments + `,"consumer_details":` + consumers + `}`
	}
	nothingAside := []string{aside + cmdtest.NotFound}
	and := func(more ...string) []string { return append(append([]string{}, nothingAside...), more...) }
	c := cmdtest.NewChange
	cmdtest.Changes(t, queue.Commands, "migrate", []cmdtest.ChangeCase{
		c("dry run", "migrate_queue orders --dry-run", "",
			and(is("classic", `{"x-max-length":9}`, "[]"), held+five, bound, calm, noAMQP, shovels, noOwn,
				params, rules+"[]", orders+"[]")),
		c("by a shovel, dry run", "migrate_queue orders --via shovel --dry-run", "",
			and(is("classic", `{"x-max-length":9}`, "[]"), held+five, bound, calm, shovels, noOwn, params, rules+"[]", orders+"[]")),
		c("by a shovel, no tag monitoring", "migrate_queue orders --via shovel --dry-run", "",
			and(is("classic", `{"x-max-length":9}`, "[]"), held+five, bound, calm,
				"GET /api/shovels/%2F?columns=name 401 "+brokertest.NotMonitor, noOwn, params,
				rules+"[]", orders+"[]")),
		c("by a shovel, no tag policymaker", "migrate_queue orders --via shovel --yes", "",
			and(is("classic", `{}`, "[]"), held+five, bound, calm, shovels, ourOwn+unseen,
				`GET /api/whoami?columns=name%2Ctags 200 {"name":"u","tags":["monitoring"]}`)),
		c("by a shovel that moves to another queue", "migrate_queue orders --via shovel --yes", "",
			and(is("classic", `{}`, "[]"), held+five, bound, calm, shovels, ourOwn+
				`200 {"name":"rabbitctl orders","vhost":"/","component":"shovel","value":{"dest-queue":"other"}}`)),
		c("policy over the parking queue", "migrate_queue orders --via shovel --yes", "",
			and(is("classic", `{}`, "[]"), held+five, bound, calm, shovels, noOwn, params, rules+"[]",
				orders+`[{"name":"o","pattern":"^orders","apply-to":"queues","priority":0,"definition":{"message-ttl":5}}]`)),
		c("policy over the parking queue, or another", "migrate_queue orders --via shovel --yes", "",
			and(is("classic", `{}`, "[]"), held+five, bound, calm, shovels, noOwn, params,
				rules+`[{"name":"a","pattern":"g$","apply-to":"all","priority":1,"definition":{"queue-mode":"lazy"}},`+
					`{"name":"b","pattern":"^orders","apply-to":"all","priority":1,"definition":{"max-length":9}}]`, orders+"[]")),
		c("policy over the new queue", "migrate_queue orders --via shovel --yes", "",
			and(is("classic", `{}`, "[]"), held+five, bound, calm, shovels, noOwn, params,
				rules+`[{"name":"p","pattern":"^orders$","apply-to":"quorum_queues","priority":0,"definition":{"max-length":4}}]`,
				orders+"[]")),
		c("policy over the new queue that may drop", "migrate_queue orders --via shovel --dry-run", "",
			and(is("classic", `{}`, "[]"), held+five, bound, calm, shovels, noOwn, params, rules+"[]",
				orders+`[{"name":"p","pattern":"^orders$","apply-to":"quorum_queues","priority":0,"definition":{"expires":9000}}]`)),
		c("policy that only the broker can match", "migrate_queue orders --via shovel --dry-run", "",
			and(is("classic", `{}`, "[]"), held+five, bound, calm, shovels, noOwn, params,
				rules+`[{"name":"p","pattern":"^orders(?!$)","apply-to":"classic_queues","priority":0,"definition":{"max-length":9}}]`,
				orders+"[]")),
		c("over AMQP, nobody listens", "migrate_queue orders --via amqp --amqp-url amqp://127.0.0.1:1 --yes", "",
			and(is("classic", `{"x-max-length":9}`, "[]"), held+five, bound, calm)),
		c("in an alarm", "migrate_queue orders --yes", "",
			and(is("classic", `{"x-max-length":9}`, "[]"), held+five, bound, blocked)),
		c("by what is no way", "migrate_queue orders --via pigeon --yes", "", nil),
		c("argument that the type lacks", "migrate_queue orders --yes", "",
			and(is("classic", `{"x-max-priority":5}`, "[]"), held+five, bound)),
		c("argument that the type lacks, just given", "recreate_queue orders --argument x-max-priority=5 --yes", "",
			and(is("quorum", `{}`, "[]"), bound)),
		c("policy over the parking queue, odd name", "recreate_queue a+b --type quorum --yes", "", []string{
			"GET /api/queues/%2F/a+b.migrating " + cmdtest.NotFound, strings.ReplaceAll(is("classic", `{}`, "[]"), "orders", "a+b"),
			strings.ReplaceAll(held+none, "orders", "a+b"), strings.ReplaceAll(bound, "orders", "a+b"), rules + "[]",
			orders + `[{"name":"o","pattern":"^a","apply-to":"queues","priority":0,"definition":{"message-ttl":5}}]`}),
		c("limit that is too low", "migrate_queue orders --argument x-max-length=4 --yes", "",
			and(is("classic", `{"x-max-length":9}`, "[]"), held+five, bound)),
		c("limit that is lower", "migrate_queue orders --argument x-message-ttl=5000 --dry-run", "",
			and(is("classic", `{"x-message-ttl":6000}`, "[]"), held+five, bound, calm, noAMQP, shovels, noOwn,
				params, rules+"[]", orders+"[]")),
		c("consumers", "migrate_queue orders --yes", "",
			and(is("classic", `{}`, `[{"consumer_tag":"a"}]`), held+five, bound)),
		c("stream", "recreate_queue orders --type classic --yes", "",
			and(is("stream", `{}`, `[]`), is("stream", `{}`, `[]`), bound)),
		c("not empty", "recreate_queue orders --type quorum --yes", "", and(is("classic", `{}`, `[]`), held+five, bound)),
		c("as wanted", "recreate_queue orders --type classic --without x-expires --yes", "",
			and(is("classic", `{"x-queue-type":"classic"}`, `[]`), held+none, bound)),
		c("without consent", "recreate_queue orders --argument x-max-length=5", "", nil),
		c("in the way", "migrate_queue orders --yes", "", []string{foreign}),
		c("another type was begun", "migrate_queue orders --to-type classic --yes", "", []string{ours}),
		c("another argument was begun", "migrate_queue orders --argument x-max-length=7 --yes", "", []string{ours}),
		c("goes on, dry run", "migrate_queue orders --dry-run", "",
			[]string{ours, "GET" + atOrders + " " + cmdtest.NotFound}),
		c("no such type", "migrate_queue orders --to-type stream --yes", "", nil),
	})
}
