package message_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/message"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

// TestPublish has the command lines that publish nothing: those that are refused, and a dry run. The AMQP part needs a
// real broker.
func TestPublish(t *testing.T) {
	t.Parallel()
	const (
		queue   = `GET /api/queues/%2F/q 200 {"vhost":"/","name":"q","type":"quorum","state":"running","arguments":{}}`
		none    = `{"error":"Object Not Found","reason":"Not Found"}`
		calm    = `GET /api/health/checks/alarms 200 {"status":"ok"}`
		release = `GET /api/overview 200 {"rabbitmq_version":"4.3.6","node":"a@b","listeners":[{"node":"a@b","protocol":"amqp","port":1}]}`
	)
	c := cmdtest.NewChange
	cmdtest.Changes(t, message.Commands, "publish", []cmdtest.ChangeCase{
		c("no destination", "publish_message hello", "", nil),
		c("two destinations", "publish_message --queue q --exchange x hello", "", nil),
		c("no body", "publish_message --queue q", "", nil),
		c("two bodies", "publish_message --queue q hello --lines", "a\n", nil),
		c("priority", "publish_message --queue q hello --priority 256", "", nil),
		c("expiration without a unit", "publish_message --queue q hello --expiration 60", "", nil),
		c("header without a value", "publish_message --queue q hello --header region", "", nil),
		c("CC is no list", "publish_message --queue q hello --header CC=a", "", nil),
		c("no such queue", "publish_message --queue orderz hello", "", []string{"GET /api/queues/%2F/orderz 404 " + none,
			`GET /api/exchanges/%2F/amq.default 200 {"name":"","vhost":"/"}`,
			`GET /api/queues/%2F?columns=name&disable_stats=true 200 [{"name":"orders"}]`}),
		c("no such exchange", "publish_message --exchange evens --routing-key a hello", "",
			[]string{"GET /api/exchanges/%2F/evens 404 " + none,
				`GET /api/exchanges/%2F/amq.default 200 {"name":"","vhost":"/"}`,
				`GET /api/exchanges/%2F?columns=name 200 [{"name":""},{"name":"events"}]`}),
		c("internal exchange", "publish_message --exchange in --routing-key a hello", "",
			[]string{`GET /api/exchanges/%2F/in 200 {"name":"in","vhost":"/","type":"topic","internal":true}`}),
		c("queue without majority", "publish_message --queue q hello", "", []string{
			`GET /api/queues/%2F/q 200 {"vhost":"/","name":"q","type":"quorum","state":"minority","arguments":{}}`}),
		c("alarm", "publish_message --queue q hello", "", []string{queue,
			`GET /api/health/checks/alarms 503 {"status":"failed","reason":"alarms","alarms":[{"node":"a@b","resource":"disk"},` +
				`{"node":"c@d","resource":"memory"}]}`}),
		c("dry run", "publish_message --exchange x --routing-key a.b hello --dry-run", "", []string{
			`GET /api/exchanges/%2F/x 200 {"name":"x","vhost":"/","type":"fanout","internal":false,"arguments":{}}`, calm, release,
			`GET /api/exchanges/%2F/x 200 {"name":"x","vhost":"/","type":"fanout","internal":false,"arguments":{}}`,
			`GET /api/exchanges/%2F/x/bindings/source?columns=destination%2Cdestination_type%2Crouting_key%2Carguments%2Csource%2Cvhost 200 []`}),
		c("dry run with headers", "publish_message --exchange h --header region=eu --header level:int=5 hello --dry-run", "",
			[]string{
				`GET /api/exchanges/%2F/h 200 {"name":"h","vhost":"/","type":"headers","internal":false,"arguments":{}}`, calm,
				release,
				`GET /api/exchanges/%2F/h 200 {"name":"h","vhost":"/","type":"headers","internal":false,"arguments":{}}`, release,
				`GET /api/exchanges/%2F/h/bindings/source?columns=destination%2Cdestination_type%2Crouting_key%2Carguments%2Csource%2Cvhost 200 []`}),
	})
}
