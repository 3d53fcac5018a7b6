package shovel_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/shovel"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/golden"
)

// What brokers sent about the same shovel, and one that had to stop.
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
	tests := []struct{ name, request, body, words string }{
		{"3.10", "shovels" + defaults, shovels310, "list_shovels"},
		{"4.3", "shovels/%2F" + defaults, shovels43, "list_shovels -p / -o json"},
		{"broken ones", "shovels?columns=name%2Cforwarded%2Cremaining%2Cstate", shovels43, "list_shovels name forwarded remaining --where state!=\"running\""},
		{"unknown column", "", "", "list_shovels src_queue"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			if tt.request != "" {
				s.JSON("GET /api/"+tt.request, 200, tt.body)
			}
			r := cmdtest.Run{Commands: shovel.Commands()}
			golden.Check(t, tt.name, "$ rabbitctl "+tt.words+"\n"+r.Do(t, s, strings.Fields(tt.words)...).Golden(s))
		})
	}
}
