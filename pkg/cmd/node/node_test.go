package node_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/node"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func run(t *testing.T, name string, r cmdtest.Run, s *brokertest.Server, words ...string) {
	t.Helper()
	r.Commands = node.Commands()
	r.Check(t, name, s, words...)
}

const askNodes = "GET /api/nodes?columns=name%2Crunning%2Ctype%2Cmem_used%2Cmem_limit%2Cmem_alarm%2Cdisk_free%2Cdisk_free_limit%2Cdisk_free_alarm%2Cuptime"

const two = `[{"name":"rabbit@a","running":true,"type":"disc","mem_used":150000000,"mem_limit":4000000000,"mem_alarm":false,"disk_free":84000000000,"disk_free_limit":50000000,"disk_free_alarm":false,"uptime":93784000},
 {"name":"rabbit@b","running":false,"type":"disc"},
 {"name":"rabbit@c","running":true,"type":"disc","disk_free":"NaN","disk_free_limit":"disk_free_monitoring_disabled"}]`

func TestListNodes(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"tsv", "json", "table"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON(askNodes, 200, two)
			run(t, "list_nodes/"+format, cmdtest.Run{}, s, "list_nodes", "-o", format)
		})
	}
	t.Run("terminal", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(askNodes, 200, two)
		run(t, "list_nodes/terminal", cmdtest.Run{Terminal: true}, s, "list_nodes")
	})
	t.Run("those that do not run", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON("GET /api/nodes?columns=name%2Crunning", 200, two)
		run(t, "list_nodes/where", cmdtest.Run{}, s, "list_nodes", "name", "--where", "!running")
	})
	t.Run("denied", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(askNodes, 401, brokertest.Recorded(t, "4.3", "401-monitor"))
		run(t, "list_nodes/denied", cmdtest.Run{}, s, "list_nodes")
	})
	for _, release := range brokertest.Releases() {
		t.Run(release, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON("GET /api/nodes?columns=name%2Crunning%2Ctype%2Cmem_alarm%2Cdisk_free_limit%2Cdisk_free_alarm%2Cpartitions%2Crates_mode%2Cbeing_drained%2Cnet_ticktime", 200,
				brokertest.Recorded(t, release, "nodes"))
			run(t, "list_nodes/recorded "+release, cmdtest.Run{}, s, "list_nodes",
				"name,running,type,mem_alarm,disk_free_limit,disk_free_alarm,partitions,rates_mode,being_drained,net_ticktime",
				"-o", "json")
		})
	}
}

const overview = `{"cluster_name":"shop","node":"rabbit@a","rabbitmq_version":"4.3.6","erlang_version":"29.0","product_name":"RabbitMQ","rates_mode":"basic","default_queue_type":"classic",
 "object_totals":{"connections":3,"channels":4,"consumers":5,"queues":6,"exchanges":7},"queue_totals":{"messages":10,"messages_ready":8,"messages_unacknowledged":2},
 "listeners":[{"node":"rabbit@a","protocol":"amqp","ip_address":"::","port":5672,"socket_opts":{}},{"node":"rabbit@a","protocol":"http","ip_address":"127.0.0.1","port":15672}]}`

func TestStatus(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"tsv", "json", "table", "csv"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON("GET /api/overview", 200, overview)
			s.JSON("GET /api/health/checks/alarms", 503,
				`{"status":"failed","reason":"x","alarms":[{"node":"rabbit@a","resource":"disk space"}]}`)
			s.JSON(askNodes, 200, two)
			run(t, "status/"+format, cmdtest.Run{}, s, "status", "-o", format)
		})
	}
	t.Run("an idle broker without listeners and totals", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON("GET /api/overview", 200, `{"node":"rabbit@a","object_totals":[],"queue_totals":[],"listeners":[]}`)
		s.JSON("GET /api/health/checks/alarms", 200, `{"status":"ok"}`)
		s.JSON(askNodes, 200, two)
		run(t, "status/idle", cmdtest.Run{}, s, "status")
	})
	t.Run("a silent node", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
		s.Handle("GET /api/overview", hang)
		s.JSON(brokertest.Glimpse, 200, `{"cluster_name":"shop","node":"rabbit@a","rabbitmq_version":"4.3.6"}`)
		s.JSON("GET /api/health/checks/alarms", 200, `{"status":"ok"}`)
		s.Handle(askNodes, hang)
		s.JSON(brokertest.Roll, 200, `[{"name":"rabbit@a","running":true},{"name":"rabbit@b","running":false}]`)
		r := cmdtest.Run{Commands: node.Commands()}.Do(t, s, "status", "--timeout", "3s")
		if fail.KindOf(r.Error) != fail.Incomplete || !strings.Contains(r.Error.Error(), "rabbit@b does not answer") ||
			!strings.Contains(r.Out, "rabbit@a\ttrue") {
			t.Errorf("%v\n%s", r.Error, r.Out)
		}
	})
	t.Run("a user who may not list nodes", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON("GET /api/overview", 200, overview)
		s.JSON("GET /api/health/checks/alarms", 200, `{"status":"ok"}`)
		s.JSON(askNodes, 401, brokertest.Recorded(t, "4.3", "401-monitor"))
		run(t, "status/nodes denied", cmdtest.Run{}, s, "status", "-o", "json")
	})
	t.Run("denied", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON("GET /api/overview", 401, brokertest.Recorded(t, "4.3", "401-tag"))
		run(t, "status/denied", cmdtest.Run{}, s, "status")
	})
	t.Run("a stray word", func(t *testing.T) {
		t.Parallel()
		run(t, "status/stray word", cmdtest.Run{}, brokertest.New(t), "status", "rabbit@a")
	})
	for _, release := range brokertest.Releases() {
		t.Run(release, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON("GET /api/overview", 200, brokertest.Recorded(t, release, "overview-disk"))
			s.JSON("GET /api/health/checks/alarms", 503, brokertest.Recorded(t, release, "alarms-disk"))
			s.JSON(askNodes, 200, brokertest.Recorded(t, release, "nodes-disk"))
			run(t, "status/recorded "+release, cmdtest.Run{}, s, "status")
		})
	}
}
