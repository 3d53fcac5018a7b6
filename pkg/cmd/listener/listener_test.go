package listener_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/listener"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

// These are bodies as 3.10 and 4.3 send them, with listeners that a plugin adds.
const overview = `{"listeners":[
 {"node":"rabbit@a","protocol":"amqp","ip_address":"127.0.0.1","port":5672,"socket_opts":{"backlog":128}},
 {"node":"rabbit@a","protocol":"clustering","ip_address":"::","port":25672,"socket_opts":[]},
 {"node":"rabbit@b","protocol":"https","ip_address":"::","port":15671,"socket_opts":{"ssl":true},"tls":true},
 {"node":"rabbit@b","protocol":"x-other","ip_address":"10.0.0.1","port":9,"socket_opts":[]}]}`

func TestCommands(t *testing.T) {
	t.Parallel()
	cmdtest.Cases(t, listener.Commands, "", []cmdtest.Case{
		{Name: "default", Words: "listeners", Answers: map[string]string{"overview": overview}},
		{Name: "json", Words: "listeners node interface ip_address port tls socket_opts purpose -o json",
			Answers: map[string]string{"overview": overview}},
		{Name: "of one node", Words: "listeners protocol purpose --where node==\"rabbit@b\" --sort -port",
			Answers: map[string]string{"overview": overview}},
		{Name: "none", Words: "listeners", Answers: map[string]string{"overview": `{"listeners":[]}`}},
		{Name: "left out for want of a tag", Words: "listeners",
			Answers: map[string]string{"overview": `{"rabbitmq_version":"4.3.6"}`}},
	})
}
