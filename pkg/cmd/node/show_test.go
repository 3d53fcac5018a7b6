package node_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/node"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/golden"
)

func TestShow(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, words string
		// answers are requests without GET /api/, and bodies; a body may begin with a status.
		answers map[string]string
	}{
		{"the one that answers", "show_node", map[string]string{"overview": `{"node":"rabbit@a","listeners":[{"node":"rabbit@a","protocol":"amqp","ip_address":"::","port":5672},{"node":"rabbit@b","protocol":"amqp","ip_address":"::","port":5673}]}`, "nodes?columns=name": `[{"name":"rabbit@a"},{"name":"rabbit@b"}]`,
			"nodes/rabbit@a?memory=true": `{"name":"rabbit@a","running":true,"type":"disc","mem_used":150,"enabled_plugins":["rabbitmq_management"],"applications":[{"name":"rabbitmq_management","version":"4.3.6"}],"memory":{"total":{"rss":160,"erlang":100},"strategy":"rss","queue_procs":12}}`, "health/checks/alarms": `{"status":"failed","reason":"There are alarms in effect in the cluster","alarms":[{"node":"rabbit@a","resource":"disk space"},{"node":"rabbit@b","resource":"memory"}]}`}},
		{"not running", "show_node rabbit@b -o json", map[string]string{"overview": `{"node":"rabbit@a","listeners":[{"node":"rabbit@a","protocol":"amqp","ip_address":"::","port":5672},{"node":"rabbit@b","protocol":"amqp","ip_address":"::","port":5673}]}`, "nodes?columns=name": `[{"name":"rabbit@a"},{"name":"rabbit@b"}]`,
			"nodes/rabbit@b?memory=true": `{"name":"rabbit@b","running":false}`, "health/checks/alarms": `{"status":"ok"}`}},
		{"no member", "show_node rabbit@c", map[string]string{"overview": `{"node":"rabbit@a","listeners":[{"node":"rabbit@a","protocol":"amqp","ip_address":"::","port":5672},{"node":"rabbit@b","protocol":"amqp","ip_address":"::","port":5673}]}`, "nodes?columns=name": `[{"name":"rabbit@a"},{"name":"rabbit@b"}]`}},
		{"two names", "show_node a b", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			for request, body := range tt.answers {
				status := 200
				switch {
				case strings.HasPrefix(body, "404 "):
					status, body = 404, body[4:]
				case strings.HasPrefix(body, "401 "):
					status, body = 401, body[4:]
				}
				s.JSON("GET /api/"+request, status, body)
			}
			r := cmdtest.Run{Commands: node.Commands(), Terminal: strings.HasSuffix(tt.name, "terminal")}
			golden.Check(t, "show/"+tt.name, "$ rabbitctl "+tt.words+"\n"+r.Do(t, s, strings.Fields(tt.words)...).Golden(s))
		})
	}
}
