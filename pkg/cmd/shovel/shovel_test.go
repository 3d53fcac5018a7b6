package shovel_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/shovel"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

// These answers of brokers describe the same shovel, and one shovel that had to stop.
const (
	shovels310 = `[{"node":"rabbit@a","timestamp":"2026-11-23 2:18:27","name":"sh1","vhost":"/","type":"dynamic","state":"running",
 "src_uri":"amqp:///","src_protocol":"amqp091","dest_protocol":"amqp091","dest_uri":"amqp:///","src_queue":"src","dest_queue":"dst"}]`
	shovels43 = `[{"node":"rabbit@a","timestamp":"2026-11-23 2:18:28","name":"sh1","vhost":"/","type":"dynamic","pending":0,
 "remaining":"unlimited","remaining_unacked":"unlimited","forwarded":17,"state":"running","src_uri":"amqp:///","src_protocol":"amqp091",
 "dest_protocol":"amqp091","dest_uri":"amqp:///","src_queue":"src","dest_queue":"dst","blocked_status":"running"},
 {"node":"rabbit@a","timestamp":"2026-11-23 2:19:00","name":"gone","type":"static","state":"terminated","reason":"needed a restart"}]`
	defaults = "?columns=vhost%2Cname%2Ctype%2Cstate%2Csrc_uri%2Csrc_queue%2Cdest_uri%2Cdest_queue%2Creason"
)

func TestCommands(t *testing.T) {
	t.Parallel()
	cmdtest.Cases(t, shovel.Commands, "", []cmdtest.Case{
		{Name: "3.10", Words: "list_shovels", Answers: map[string]string{"shovels" + defaults: shovels310}},
		{Name: "4.3", Words: "list_shovels -p / -o json", Answers: map[string]string{"shovels/%2F" + defaults: shovels43}},
		{Name: "broken ones", Words: "list_shovels name forwarded remaining --where state!=\"running\"",
			Answers: map[string]string{"shovels?columns=name%2Cforwarded%2Cremaining%2Cstate": shovels43}},
		{Name: "unknown column", Words: "list_shovels src_queue"},
	})
}
