package message_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/message"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

// TestSearch has the command lines that end before any message is read.
func TestSearch(t *testing.T) {
	t.Parallel()
	const names = "queues?columns=vhost%2Cname%2Ctype%2Cmessages_ready&disable_stats=true&enable_queue_totals=true"
	queues := func(list string) map[string]string { return map[string]string{names: list} }
	with := func(all map[string]string, request, body string) map[string]string {
		all[request] = body
		return all
	}
	c := func(name, words string, answers map[string]string) cmdtest.Case {
		return cmdtest.Case{Name: name, Words: words, Answers: answers}
	}
	cmdtest.Cases(t, message.Commands, "search", []cmdtest.Case{
		c("sample too large", "search_messages --sample 2001", nil),
		c("dead letters of too large a sample", "list_dead_letters q --sample 0", nil),
		c("nothing to search", "search_messages --match ^orders", with(queues(
			`[{"vhost":"/","name":"orders","type":"classic","messages_ready":0},`+
				`{"vhost":"/","name":"mail","type":"classic","messages_ready":3}]`),
			"exchanges?columns=name", `[{"name":""}]`)),
		c("all refused", "search_messages", with(queues(`[{"vhost":"/","name":"q","type":"classic","messages_ready":1}]`),
			"queues/%2F/q", queue(`"type":"classic","arguments":{},"consumer_details":[{"consumer_tag":"a"}]`))),
		c("one refused, one empty", "search_messages", with(with(queues(
			`[{"vhost":"/","name":"q","type":"classic","messages_ready":1},`+
				`{"vhost":"/","name":"orders","type":"classic","messages_ready":0}]`),
			"queues/%2F/q", queue(`"type":"classic","arguments":{},"consumer_details":[{"consumer_tag":"a"}]`)),
			"exchanges?columns=name", `[{"name":""}]`)),
		c("one cannot be reached, one empty", "search_messages", with(with(queues(
			`[{"vhost":"/","name":"q","type":"classic","messages_ready":1},`+
				`{"vhost":"/","name":"orders","type":"classic","messages_ready":0}]`),
			"queues/%2F/q", queue(`"type":"classic","arguments":{},"consumer_details":[]`)),
			"overview", `{"node":"rabbit@a","listeners":[]}`)),
		c("dead letters of a queue with consumers", "list_dead_letters q", map[string]string{
			"queues/%2F/q": queue(`"type":"classic","arguments":{},"consumer_details":[{"consumer_tag":"a"}]`)}),
	})
}

// TestSearch_countedLooksAreChanges: a search goes on after a queue that counts a look as a delivery, also where this
// needs a flag.
func TestSearch_countedLooksAreChanges(t *testing.T) {
	t.Parallel()
	const names = "queues?columns=vhost%2Cname%2Ctype%2Cmessages_ready&disable_stats=true&enable_queue_totals=true"
	for guard, says := range map[string]string{
		"read_only": "queue q counts a look as a delivery; context prod is read-only",
		"protected": "confirmation needed, because context prod is protected and queue q counts a look as a delivery " +
			"(--counts-as-delivery reads the messages all the same)",
	} {
		s := brokertest.New(t)
		s.JSON("GET /api/"+names, 200,
			`[{"vhost":"/","name":"c","type":"classic","messages_ready":1},{"vhost":"/","name":"q","type":"quorum"}]`)
		s.JSON("GET /api/queues/%2F/c", 200, `{"vhost":"/","name":"c","state":"running","durable":true,"exclusive":false,`+
			`"type":"classic","arguments":{},"consumer_details":[{"consumer_tag":"a"}]}`)
		s.JSON("GET /api/queues/%2F/q", 200, queue(`"type":"quorum","arguments":{},"consumer_details":[]`))
		s.JSON("GET /api/overview", 200, `{"rabbitmq_version":"3.10.8"}`)
		r := guarded(t, s, guard, "search_messages")
		// No queue can be searched, so the command fails with the error of the first queue, which has a consumer.
		if fail.KindOf(r.Error) != fail.Data || !strings.Contains(r.Err, "not searched: "+says) {
			t.Errorf("%s: %v\n%s", guard, r.Error, r.Err)
		}
	}
}
