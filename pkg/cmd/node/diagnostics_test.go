package node_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestDiagnostics(t *testing.T) {
	t.Parallel()
	const (
		overview = `{"node":"rabbit@a","rabbitmq_version":"4.3.6","erlang_version":"29.0","erlang_full_version":"Erlang/OTP 29 [erts-17.0]"}`
		names    = `[{"name":"rabbit@a"},{"name":"rabbit@b"}]`
		memory   = `{"name":"rabbit@a","memory":{"total":{"rss":160000000,"allocated":150000000,"erlang":100000000},"strategy":"rss","code":40000000,"queue_procs":0,"binary":80000000}}`
	)
	tests := []struct {
		name, words string
		// answers maps requests, without GET /api/, to their bodies.
		answers map[string]string
	}{
		{"alarms none", "alarms", map[string]string{"health/checks/alarms": `{"status":"ok"}`}},
		{"memory_breakdown", "memory_breakdown", map[string]string{"overview": overview, "nodes?columns=name": names,
			"nodes/rabbit@a?memory=true": memory}},
		{"memory_breakdown json", "memory_breakdown rabbit@a -o json", map[string]string{"nodes?columns=name": names,
			"nodes/rabbit@a?memory=true": memory}},
		{"memory_breakdown not running", "memory_breakdown rabbit@b", map[string]string{"nodes?columns=name": names,
			"nodes/rabbit@b?memory=true": `{"name":"rabbit@b","running":false}`}},
		{"memory_breakdown no member", "memory_breakdown rabbit@c", map[string]string{"nodes?columns=name": names}},
		{"server_version", "server_version", map[string]string{"overview?disable_stats=true": overview}},
		{"erlang_version", "erlang_version -o json", map[string]string{"overview?disable_stats=true": overview}},
		{"ping", "ping", map[string]string{"whoami": `{"name":"monitor","tags":["monitoring"]}`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			for request, body := range tt.answers {
				s.JSON("GET /api/"+request, 200, body)
			}
			run(t, "diagnostics/"+tt.name, cmdtest.Run{}, s, strings.Fields(tt.words)...)
		})
	}
	t.Run("alarms", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON("GET /api/health/checks/alarms", 503,
			`{"status":"failed","reason":"r","alarms":[{"node":"rabbit@a","resource":"disk space"},{"node":"rabbit@b","resource":"memory"}]}`)
		run(t, "diagnostics/alarms", cmdtest.Run{}, s, "alarms")
	})
	// The alarms check of the broker passes even if a node that does not answer has an alarm. So the command also looks
	// for such nodes.
	for _, tt := range []struct {
		name, standing string
		status         int
	}{{"down", `[{"name":"rabbit@a","running":true,"partitions":[]},{"name":"rabbit@b","running":false}]`, 200},
		{"may not see", brokertest.NotMonitor, 401}} {
		name := tt.name
		t.Run("alarms "+name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON("GET /api/health/checks/alarms", 200, `{"status":"ok"}`)
			s.JSON(brokertest.Standing, tt.status, tt.standing)
			run(t, "diagnostics/alarms "+name, cmdtest.Run{}, s, "alarms")
		})
	}
	// For a user without the tag monitoring, the overview has no listeners. The output must then have no section for them,
	// rather than an empty one.
	t.Run("status without what may not be seen", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON("GET /api/overview", 200, overview)
		s.JSON("GET /api/health/checks/alarms", 200, `{"status":"ok"}`)
		s.JSON(askNodes, 401, brokertest.Recorded(t, "4.3", "401-monitor"))
		run(t, "diagnostics/status", cmdtest.Run{}, s, "status", "-o", "json")
	})
}
