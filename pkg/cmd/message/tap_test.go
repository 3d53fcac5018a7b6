package message_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/message"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

// TestTap has the command lines that declare no queue: those that are refused or cannot connect, and dry runs. The AMQP
// part needs a real broker.
func TestTap(t *testing.T) {
	t.Parallel()
	exchange := func(kind string) []string {
		return []string{`GET /api/exchanges/%2F/x 200 {"name":"x","vhost":"/","type":"` + kind + `","arguments":{}}`}
	}
	c := cmdtest.NewChange
	cmdtest.Changes(t, message.Commands, "tap", []cmdtest.ChangeCase{
		c("no exchange", "tap", "", nil),
		c("firehose of an exchange", "tap --firehose --exchange x", "", nil),
		c("firehose without tracing", "tap --firehose -p v", "",
			[]string{`GET /api/vhosts?columns=name%2Ctracing 200 [{"name":"/","tracing":true},{"name":"v","tracing":false}]`}),
		c("firehose dry run", "tap --firehose --dry-run --amqp-url amqp://127.0.0.1:1", "",
			[]string{`GET /api/vhosts?columns=name%2Ctracing 200 [{"name":"/","tracing":true}]`,
				`GET /api/exchanges/%2F/amq.rabbitmq.trace 200 {"name":"amq.rabbitmq.trace","vhost":"/","type":"topic","arguments":{}}`}),
		c("default exchange", "tap --exchange amq.default", "", nil),
		c("default exchange by its empty name", "tap --exchange=", "", nil),
		c("file exists", "tap --exchange x --to testdata/files/whole.jsonl", "", nil),
		c("no time", "tap --exchange x --for 0s", "", nil),
		c("direct without a key", "tap --exchange x", "", exchange("direct")),
		c("dry run", "tap --exchange x --dry-run --amqp-url amqp://127.0.0.1:1", "", exchange("topic")),
		c("nobody listens", "tap --exchange x --amqp-url amqp://127.0.0.1:1", "", exchange("fanout")),
	})
}
