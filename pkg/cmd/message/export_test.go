package message_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/message"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

// queueIs returns the answers about a queue with five messages. Commands request them before they take or publish
// messages.
func queueIs(name, more string) []string {
	at := "GET /api/queues/%2F/" + name
	return []string{
		at + ` 200 {"vhost":"/","name":"` + name + `","state":"running","durable":true,"exclusive":false,` + more + "}",
		at + `?disable_stats=true&enable_queue_totals=true 200 {"name":"` + name +
			`","messages":5,"messages_ready":5,"messages_unacknowledged":0}`,
		at + "/bindings 200 []",
	}
}

// streamIs returns the answers about a stream.
func streamIs(name string) []string {
	at := "GET /api/queues/%2F/" + name
	is := at + ` 200 {"vhost":"/","name":"` + name + `","state":"running","durable":true,"exclusive":false,` +
		`"type":"stream","arguments":{},"consumer_details":[]}`
	return []string{is, is, at + "/bindings 200 []"}
}

func and(parts ...[]string) (all []string) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// TestExport has the command lines that are refused before any message is taken or published. The AMQP part needs a
// real broker.
func TestExport(t *testing.T) {
	t.Parallel()
	const (
		classic = `"type":"classic","arguments":{},"consumer_details":[]`
		calm    = `GET /api/health/checks/alarms 200 {"status":"ok"}`
		blocked = `GET /api/health/checks/alarms 503 {"status":"failed","reason":"alarms","alarms":[{"node":"a@b","resource":"disk"}]}`
	)
	const quorum = `"type":"quorum","arguments":{},"messages_ready":5,"messages_unacknowledged":0,"consumer_details":[]`
	old := queueIs("src", quorum)
	old[1] = `GET /api/overview 200 {"rabbitmq_version":"4.0.5","node":"a@b"}`
	c := cmdtest.NewChange
	cmdtest.Changes(t, message.Commands, "export", []cmdtest.ChangeCase{
		c("file exists", "export_messages src testdata/files/whole.jsonl", "", nil),
		c("filter", "export_messages src new --where prioriti>3", "", nil),
		c("limit", "get_messages src --limit -1", "", nil),
		c("stream", "export_messages src new --remove --yes", "", streamIs("src")),
		c("offset of a queue", "export_messages src new --offset 5", "", queueIs("src", classic)),
		c("quorum queue before 4.3", "export_messages src new", "", old),
		c("chosen of a quorum queue before 4.3", "get_messages src --where priority>3 --yes", "",
			old),
		c("removing asks", "export_messages src new --remove --amqp-url amqp://127.0.0.1:1", "", queueIs("src", classic)),
		c("get asks", "get_messages src", "", nil),
		c("other count", "get_messages src --yes --expect-messages 6", "", queueIs("src", classic)),
		c("copy to itself", "copy_messages src src", "", nil),
		c("copy from a quorum queue before 4.3", "copy_messages src dst", "", old),
		c("import without a queue", "import_messages -", "", nil),
		c("import a cut file", "import_messages testdata/files/cut.jsonl", "", nil),
		c("import a changed file", "import_messages testdata/files/changed.jsonl", "", nil),
		c("import of another program", "import_messages testdata/files/other.jsonl", "", nil),
		c("import into a stream", "import_messages testdata/files/whole.jsonl", "", streamIs("src")),
		c("import in an alarm", "import_messages testdata/files/whole.jsonl --queue dst", "",
			and(queueIs("dst", classic), []string{blocked})),
		c("import and nobody listens", "import_messages testdata/files/whole.jsonl --queue dst --amqp-url amqp://127.0.0.1:1",
			"", and(queueIs("dst", classic), []string{calm})),
		c("import noted for another queue", "import_messages testdata/files/noted.jsonl --queue dst", "", nil),
	})
}
