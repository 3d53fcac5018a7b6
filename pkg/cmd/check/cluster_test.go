package check_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/check"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

const (
	nodesAsked     = "GET /api/nodes?columns=name%2Crunning"
	overviewAsked  = "GET /api/overview"
	askVHostLimits = "GET /api/vhost-limits?columns=vhost%2Cvalue"
	askUserLimits  = "GET /api/user-limits?columns=user%2Cvalue"
	askNodeLimit   = "GET /api/health/checks/below-node-connection-limit"
)

func expect(t *testing.T, s *brokertest.Server, kind fail.Kind, says string, words ...string) {
	t.Helper()
	got := cmdtest.Run{Commands: check.Commands()}.Do(t, s, words...)
	if kindOf(got.Error) != kind || !strings.Contains(got.Out, says) {
		t.Errorf("%q: %v\n%s", words, got.Error, got.Out)
	}
}

func TestCheckMemory(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		alarms string
		nodes  string
		kind   fail.Kind
		says   string
	}{
		{"well", brokertest.NoAlarm, brokertest.NodeA, "",
			"OK - rabbit@a 150 MB used, alarm at 4 GB (3%) | rabbit@a_used=150000000B;~:3200000000;~:3800000000;0 rabbit@a_limit=4000000000B"},
		{"alarm, and the listing does not know", brokertest.MemoryAlarmA, brokertest.NodeA, fail.Critical,
			"memory alarm on rabbit@a: 150 MB used, limit 4 GB (these figures are older than the alarm)"},
		{"an alarm on a node that is not asked", strings.ReplaceAll(brokertest.MemoryAlarmA, "rabbit@a", "rabbit@b"),
			brokertest.NodeA, fail.Critical, "memory alarm on rabbit@b"},
		{"one is down", brokertest.NoAlarm, brokertest.NodeA + `,{"name":"rabbit@b","running":false}`, fail.Unknown,
			"rabbit@b is not running"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			status := 200
			if tt.alarms != brokertest.NoAlarm {
				status = 503
			}
			s.JSON(brokertest.AskAlarms, status, tt.alarms)
			s.JSON(brokertest.AskNodes, 200, "["+tt.nodes+"]")
			expect(t, s, tt.kind, tt.says, "check_memory")
		})
	}
}

func TestCheckRunning(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]struct {
		kind fail.Kind
		says string
	}{
		"check_running":               {"", "OK - RabbitMQ runs on rabbit@a"},
		"check_running rabbit@b":      {fail.Critical, "CRITICAL - RabbitMQ does not run on rabbit@b"},
		"check_running rabbit@x":      {fail.Unknown, "node rabbit@x is not a member of the cluster"},
		"check_running --node rabbit": {"", "OK - RabbitMQ runs on rabbit@a"},
	} {
		s := brokertest.New(t)
		s.JSON(overviewAsked, 200, `{"node":"rabbit@a"}`)
		if strings.Contains(words, "--node") {
			s.JSON("GET /api/overview?disable_stats=true", 200, `{"node":"rabbit@a"}`)
		}
		s.JSON(brokertest.AskNodes, 200, "["+brokertest.NodeA+`,{"name":"rabbit@b","running":false}]`)
		expect(t, s, want.kind, want.says, strings.Fields(words)...)
	}
}

// TestAnswers: --node says which node is asked if no API answers, and not which node is checked.
func TestAnswers(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"check_running", "check_local_alarms"} {
		s := brokertest.New(t)
		if name == "check_running" {
			s.JSON(overviewAsked, 200, `{"node":"rabbit@a"}`)
		}
		s.JSON("GET /api/overview?disable_stats=true", 200, `{"node":"rabbit@a"}`)
		expect(t, s, fail.Unknown, "--node names rabbit@b, but the management API of node rabbit@a answers", name, "--node",
			"rabbit@b")
	}
}

func TestCheckConnections(t *testing.T) {
	t.Parallel()
	const overview = `{"object_totals":{"connections":12},"churn_rates":{"connection_created_details":{"rate":0.4}}}`
	connections := "[" + strings.Repeat(`{"vhost":"/","user":"app"},`, 9) + `{"vhost":"prod","user":"app"}]`
	tests := []struct {
		name                   string
		overview, vhosts, user string // user "" is denied
		full                   bool
		words                  string
		kind                   fail.Kind
		says                   string
	}{
		{"no limits", overview, "[]", "[]", false, "", "",
			"OK - 12 connections; 0.4 opened per second | connections=12 opened_per_second=0.4\nlooked at: the whole cluster, limits set: 0"},
		{"too many", overview, "[]", "[]", false, "--critical 11", fail.Critical, "CRITICAL - 12 connections"},
		{"near a limit", overview, `[{"vhost":"/","value":{"max-connections":10,"max-queues":5}}]`, "", false, "",
			fail.Warning, "WARNING - virtual host / has 9 of 10 connections"},
		{"a user's limit", overview, `[{"vhost":"/","value":[]}]`, `[{"user":"app","value":{"max-connections":10}}]`, false,
			"", fail.Critical, "user app has 10 of 10 connections"},
		{"limits of users not seen", overview, "[]", "", false, "", "", "not seen: the limits of users"},
		{"the node is full", overview, "[]", "[]", true, "", fail.Critical, "has reached its connection_max"},
		{"statistics off", `{"node":"rabbit@a"}`, "[]", "[]", false, "", fail.Unknown,
			"the number of connections is unknown"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON(nodesAsked, 200, `[{"name":"rabbit@a","running":true}]`)
			s.JSON(overviewAsked, 200, tt.overview)
			s.JSON(askVHostLimits, 200, tt.vhosts)
			if tt.user == "" {
				s.JSON(askUserLimits, 401, `{"error":"not_authorised","reason":"Not administrator user"}`)
			} else {
				s.JSON(askUserLimits, 200, tt.user)
			}
			if strings.Contains(tt.vhosts+tt.user, "max-connections") {
				s.JSON("GET /api/connections?columns=vhost%2Cuser"+brokertest.Uncached, 200, connections)
			}
			if tt.full {
				s.JSON(askNodeLimit, 503, `{"status":"failed","reason":"connection limit reached"}`)
			} else {
				s.JSON(askNodeLimit, 404, brokertest.Recorded(t, "3.10", "404-endpoint"))
			}
			expect(t, s, tt.kind, tt.says, append([]string{"check_connections"}, strings.Fields(tt.words)...)...)
		})
	}
	t.Run("sees own connections only", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(nodesAsked, 401, brokertest.NotMonitor)
		expect(t, s, fail.Unknown, "it needs the tag monitoring", "check_connections")
	})
}

// For a user without the tag monitoring, the overview has no listeners. The checks must not take that for a broker
// without listeners.
func TestListeners_notSeen(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"check_certificates", "check_port_connectivity"} {
		s := brokertest.New(t)
		s.JSON(overviewAsked, 200, `{"node":"rabbit@a"}`)
		expect(t, s, fail.Unknown, "the listeners of http://BROKER are not shown to user monitor: it has no tag monitoring",
			name)
	}
}

// TestCheckDisk_nodeDown: if a node is stopped, it is unknown whether it has an alarm.
func TestCheckDisk_nodeDown(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.JSON(brokertest.AskAlarms, 200, brokertest.NoAlarm)
	s.JSON(brokertest.AskNodes, 200,
		`[{"name":"rabbit@a","running":true,"disk_free":9e9,"disk_free_limit":5e7,"disk_free_alarm":false},{"name":"rabbit@b","running":false}]`)
	r := cmdtest.Run{Commands: check.Commands()}.Do(t, s, "check_disk", "-o", "json")
	out := strings.Join(strings.Fields(r.Out), "")
	if !strings.Contains(out, `"alarm":false,"figures":"current"`) || !strings.Contains(out,
		`"alarm":null,"figures":"nodenotrunning"`) {
		t.Errorf("%v\n%s", r.Error, r.Out)
	}
}
