package message_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/message"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

// TestReplay has the command lines that are refused before any message is read.
func TestReplay(t *testing.T) {
	t.Parallel()
	const is = `{"vhost":"/","name":"dead","state":"running","durable":true,"exclusive":false,"type":"quorum","arguments":{},` +
		`"consumer_details":[]}`
	older := []string{"GET /api/queues/%2F/dead 200 " + is,
		`GET /api/queues/%2F?disable_stats=true&enable_queue_totals=true&name=%5Edead%24&page=1&page_size=500&use_regex=true ` +
			`200 {"items":[{"name":"dead","messages_ready":5,"messages_unacknowledged":0,"messages":5}]}`,
		"GET /api/queues/%2F/dead/bindings 200 []",
		`GET /api/overview 200 {"rabbitmq_version":"4.0.5"}`}
	c := cmdtest.NewChange
	cmdtest.Changes(t, message.Commands, "replay", []cmdtest.ChangeCase{
		c("each and origin", "replay_dead_letters dead --each --origin orders", "", nil),
		c("limit below zero", "replay_dead_letters dead --limit -1", "", nil),
		c("no such reason", "replay_dead_letters dead --reason bored", "", nil),
		c("a look would count", "replay_dead_letters dead", "", older),
	})
}
