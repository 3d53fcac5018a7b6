package message_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/message"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

// TestSearch has what is decided before any message is read.
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
		c("dead letters of a queue with consumers", "list_dead_letters q", map[string]string{
			"queues/%2F/q": queue(`"type":"classic","arguments":{},"consumer_details":[{"consumer_tag":"a"}]`)}),
	})
}
