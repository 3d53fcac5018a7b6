package listener_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/listener"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/golden"
)

// Bodies as 3.10 and 4.3 send them, with listeners that a plugin adds.
const overview = `{"listeners":[
 {"node":"rabbit@a","protocol":"amqp","ip_address":"127.0.0.1","port":5672,"socket_opts":{"backlog":128}},
 {"node":"rabbit@a","protocol":"clustering","ip_address":"::","port":25672,"socket_opts":[]},
 {"node":"rabbit@b","protocol":"https","ip_address":"::","port":15671,"socket_opts":{"ssl":true},"tls":true},
 {"node":"rabbit@b","protocol":"x-other","ip_address":"10.0.0.1","port":9,"socket_opts":[]}]}`

func TestCommands(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, request, body, words string }{
		{"default", "overview", overview, "listeners"},
		{"json", "overview", overview, "listeners node interface ip_address port tls socket_opts purpose -o json"},
		{"of one node", "overview", overview, "listeners protocol purpose --where node==\"rabbit@b\" --sort -port"},
		{"none", "overview", `{"listeners":[]}`, "listeners"},
		{"left out for want of a tag", "overview", `{"rabbitmq_version":"4.3.6"}`, "listeners"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			if tt.request != "" {
				s.JSON("GET /api/"+tt.request, 200, tt.body)
			}
			r := cmdtest.Run{Commands: listener.Commands()}
			golden.Check(t, tt.name, "$ rabbitctl "+tt.words+"\n"+r.Do(t, s, strings.Fields(tt.words)...).Golden(s))
		})
	}
}
