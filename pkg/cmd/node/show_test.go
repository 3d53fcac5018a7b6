package node_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/node"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestShow(t *testing.T) {
	t.Parallel()
	cmdtest.Cases(t, node.Commands, "show", []cmdtest.Case{
		{Name: "the one that answers", Words: "show_node",
			Answers: map[string]string{"overview": `{"node":"rabbit@a","listeners":[{"node":"rabbit@a","protocol":"amqp","ip_address":"::","port":5672},{"node":"rabbit@b","protocol":"amqp","ip_address":"::","port":5673}]}`, "nodes?columns=name": `[{"name":"rabbit@a"},{"name":"rabbit@b"}]`,
				"nodes/rabbit@a?memory=true": `{"name":"rabbit@a","running":true,"type":"disc","mem_used":150,"enabled_plugins":["rabbitmq_management"],"applications":[{"name":"rabbitmq_management","version":"4.3.6"}],"memory":{"total":{"rss":160,"erlang":100},"strategy":"rss","queue_procs":12}}`, "health/checks/alarms": `{"status":"failed","reason":"There are alarms in effect in the cluster","alarms":[{"node":"rabbit@a","resource":"disk space"},{"node":"rabbit@b","resource":"memory"}]}`}},
		{Name: "not running", Words: "show_node rabbit@b -o json",
			Answers: map[string]string{"overview": `{"node":"rabbit@a","listeners":[{"node":"rabbit@a","protocol":"amqp","ip_address":"::","port":5672},{"node":"rabbit@b","protocol":"amqp","ip_address":"::","port":5673}]}`, "nodes?columns=name": `[{"name":"rabbit@a"},{"name":"rabbit@b"}]`,
				"nodes/rabbit@b?memory=true": `{"name":"rabbit@b","running":false}`, "health/checks/alarms": `{"status":"ok"}`}},
		{Name: "no member", Words: "show_node rabbit@c",
			Answers: map[string]string{"overview": `{"node":"rabbit@a","listeners":[{"node":"rabbit@a","protocol":"amqp","ip_address":"::","port":5672},{"node":"rabbit@b","protocol":"amqp","ip_address":"::","port":5673}]}`, "nodes?columns=name": `[{"name":"rabbit@a"},{"name":"rabbit@b"}]`}},
		{Name: "two names", Words: "show_node a b"},
	})
}
