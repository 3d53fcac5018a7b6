package message_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/message"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

// queue returns an answer about the queue q, which has these additional members.
func queue(more string) string {
	return `{"vhost":"/","name":"q","state":"running","durable":true,"exclusive":false,` + more + "}"
}

// TestPeek has the command lines that are refused before any message is read. The AMQP part needs a real broker.
func TestPeek(t *testing.T) {
	t.Parallel()
	const at = "queues/%2F/q"
	const consumer = `"consumer_details":[{"consumer_tag":"a"}]`
	release := func(version, q string) map[string]string {
		return map[string]string{at: q, "overview": `{"rabbitmq_version":"` + version + `"}`}
	}
	only := func(q string) map[string]string { return map[string]string{at: q} }
	c := func(name, words string, answers map[string]string) cmdtest.Case {
		return cmdtest.Case{Name: name, Words: words, Answers: answers}
	}
	cmdtest.Cases(t, message.Commands, "peek", []cmdtest.Case{
		c("limit above what is held", "peek_messages q --limit 2001", nil),
		c("offset is none", "peek_messages q --offset newest", nil),
		c("whole with a format", "peek_messages q --whole -o json", nil),
		c("whole and body only", "peek_messages q --whole --body-only", nil),
		c("whole with columns", "peek_messages q --whole body", nil),
		c("whole with groups", "peek_messages q --whole --group-by death.queue", nil),
		c("no such column", "peek_messages q sise", nil),
		c("limit by an argument", "peek_messages q", release("3.10.8",
			queue(`"type":"quorum","arguments":{"x-delivery-limit":3,"x-dead-letter-exchange":"dlx"},"consumer_details":[]`))),
		c("limit by a policy", "peek_messages q --whole", release("3.10.8", queue(`"type":"quorum","arguments":{},`+
			`"effective_policy_definition":{"delivery-limit":5},"consumer_details":[]`))),
		c("limit by the release", "peek_messages q", release("4.0.5",
			queue(`"type":"quorum","arguments":{},"consumer_details":[]`))),
		c("consumers", "peek_messages q", only(queue(`"type":"classic","arguments":{},`+consumer))),
		c("single active consumer", "peek_messages q --with-consumers", only(queue(`"type":"classic","arguments":`+
			`{"x-single-active-consumer":true},`+consumer))),
		c("name with a hyphen", "peek_messages --with-consumers -- -q", map[string]string{"queues/%2F/-q": strings.Replace(
			queue(`"type":"classic","arguments":{"x-single-active-consumer":true},`+consumer), `"q"`, `"-q"`, 1)}),
		c("exclusive", "peek_messages q", only(`{"vhost":"/","name":"q","state":"running","exclusive":true,`+
			`"type":"classic","arguments":{},"consumer_details":[]}`)),
		c("down", "peek_messages q", only(`{"vhost":"/","name":"q","state":"down","exclusive":false,"type":"classic",`+
			`"arguments":{}}`)),
	})
}

// TestPeek_countedLooksAreChanges: if the queue counts a look as a delivery, a read-only context forbids it, and in a
// protected context it needs a flag.
func TestPeek_countedLooksAreChanges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		guard, words string
		kind         fail.Kind
		says         string
	}{
		{"read_only", "peek_messages q --counts-as-delivery", fail.Denied,
			"queue q counts a look as a delivery; context prod is read-only"},
		{"protected", "peek_messages q", fail.Usage, "because context prod is protected and queue q counts a look as a delivery"},
		// The command then tries to connect over AMQP, which the fake broker does not offer.
		{"protected", "peek_messages q --counts-as-delivery --amqp-url amqp://127.0.0.1:1", fail.Unreachable, "over AMQP"},
	} {
		s := brokertest.New(t)
		s.JSON("GET /api/queues/%2F/q", 200, queue(`"type":"quorum","arguments":{},"consumer_details":[]`))
		s.JSON("GET /api/overview", 200, `{"rabbitmq_version":"3.10.8"}`)
		r := guarded(t, s, c.guard, c.words)
		if fail.KindOf(r.Error) != c.kind || !strings.Contains(r.Error.Error(), c.says) {
			t.Errorf("%s, %s: %s, %v", c.guard, c.words, fail.KindOf(r.Error), r.Error)
		}
	}
}

// guarded runs a command in the context prod, which has the setting guard.
func guarded(t *testing.T, s *brokertest.Server, guard, words string) cmdtest.Result {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.toml")
	text := "[contexts.prod]\nurl = \"" + s.URL + "\"\nusername = \"u\"\npassword = \"p\"\n" + guard + " = true\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return cmdtest.Run{Commands: message.Commands(), Env: []string{"RABBITCTL_CONFIG=" + file}}.Do(t, s,
		append(strings.Fields(words), "--context", "prod")...)
}
