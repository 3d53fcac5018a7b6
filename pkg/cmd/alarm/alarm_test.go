package alarm_test

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/alarm"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/golden"
)

// TestMain makes tables show times alike on every machine.
func TestMain(m *testing.M) {
	time.Local = time.UTC
	os.Exit(m.Run())
}

func run(t *testing.T, name string, r cmdtest.Run, s *brokertest.Server, words ...string) {
	t.Helper()
	r.Commands = alarm.Commands()
	golden.Check(t, name, "$ rabbitctl "+strings.Join(words, " ")+"\n"+r.Do(t, s, words...).Golden(s))
}

const (
	askAlarms = "GET /api/health/checks/alarms"
	askNodes  = "GET /api/nodes?columns=name%2Crunning%2Cdisk_free%2Cdisk_free_limit%2Cdisk_free_alarm%2Cmem_used%2Cmem_limit" +
		"%2Cmem_alarm%2Cfd_used%2Cfd_total%2Csockets_used%2Csockets_total%2Cproc_used%2Cproc_total%2Cpartitions%2Cuptime%2Crates_mode%2Cdb_dir"
	askNames       = "GET /api/nodes?columns=name%2Crunning%2Cpartitions"
	askConnections = "GET /api/connections?columns=name%2Cuser%2Cpeer_host%2Cpeer_port%2Cstate%2Cclient_properties%2Cconnected_at%2Cvhost%2Cprotocol"

	none     = `{"status":"ok"}`
	diskOnB  = `{"status":"failed","reason":"There are alarms in effect in the cluster","alarms":[{"node":"rabbit@b","resource":"disk space"}]}`
	memOnA   = `{"status":"failed","reason":"There are alarms in effect in the cluster","alarms":[{"node":"rabbit@a","resource":"memory"}]}`
	aIsFine  = `{"name":"rabbit@a","running":true,"disk_free":84000000000,"disk_free_limit":50000000,"disk_free_alarm":false,"mem_used":150000000,"mem_limit":4000000000}`
	bIsShort = `{"name":"rabbit@b","running":true,"disk_free":4000000000,"disk_free_limit":5000000000,"disk_free_alarm":true,"mem_used":160000000,"mem_limit":4000000000}`
	bIsStale = `{"name":"rabbit@b","running":true,"disk_free":84000000000,"disk_free_limit":50000000,"disk_free_alarm":false,"mem_used":160000000,"mem_limit":4000000000}`
	notSeen  = `{"error":"not_authorised","reason":"Not monitor user"}`

	stuck = `[{"name":"10.0.0.7:41544 -> 10.0.0.1:5672","user":"shop","peer_host":"10.0.0.7","peer_port":41544,"state":"blocked","vhost":"/","connected_at":1700000000000,"client_properties":{"connection_name":"billing\u001b[31m","product":"pika"}},
 {"name":"10.0.0.8:41545 -> 10.0.0.1:5672","user":"shop","peer_host":"10.0.0.8","peer_port":41545,"state":"blocking","vhost":"prod","connected_at":1700000000000,"client_properties":{"product":"RabbitMQ"}},
 {"name":"young","user":"shop","vhost":"/","client_properties":[]}]`
)

func TestExplainBlocked(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"", "table", "nagios", "json", "prometheus"} {
		t.Run("blocked "+format, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON(askAlarms, 503, diskOnB)
			s.JSON(askNodes, 200, "["+aIsFine+","+bIsShort+"]")
			s.JSON(askConnections, 200, stuck)
			words := []string{"explain_blocked"}
			if format != "" {
				words = append(words, "-o", format)
			}
			run(t, "explain_blocked/blocked "+format, cmdtest.Run{}, s, words...)
		})
	}
	t.Run("not blocked", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(askAlarms, 200, none)
		s.JSON(askNodes, 200, "["+aIsFine+"]")
		s.JSON(askConnections, 200, stuck)
		run(t, "explain_blocked/not blocked", cmdtest.Run{}, s, "explain_blocked")
	})
	t.Run("a node that does not answer may have an alarm", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(askAlarms, 200, none)
		s.JSON(askNodes, 200, "["+aIsFine+`,{"name":"rabbit@b","running":false}]`)
		s.JSON(askConnections, 200, "[]")
		run(t, "explain_blocked/silent", cmdtest.Run{}, s, "explain_blocked")
	})
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(askAlarms, 503, memOnA)
		s.JSON(askNodes, 200, "["+aIsFine+"]")
		s.JSON(askConnections, 200, "[]")
		run(t, "explain_blocked/memory", cmdtest.Run{}, s, "explain_blocked")
	})
	t.Run("a user who may see neither nodes nor connections", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(askAlarms, 503, diskOnB)
		s.JSON(askNodes, 401, notSeen)
		s.JSON(askConnections, 401, notSeen)
		run(t, "explain_blocked/blind", cmdtest.Run{}, s, "explain_blocked")
	})
	t.Run("a user who may not see whether all nodes answer", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(askAlarms, 200, none)
		s.JSON(askNodes, 401, notSeen)
		s.JSON(askConnections, 200, "[]")
		run(t, "explain_blocked/not blocked, nodes not seen", cmdtest.Run{}, s, "explain_blocked")
	})
	t.Run("right after the alarm the listings are asked again", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		for range 2 {
			s.JSON(askAlarms, 503, diskOnB)
		}
		s.JSON(askNodes, 200, "["+bIsStale+"]")
		s.JSON(askConnections, 200, "[]")
		s.JSON(askNodes, 200, "["+bIsShort+"]")
		s.JSON(askConnections, 200, stuck)
		run(t, "explain_blocked/fresh", cmdtest.Run{}, s, "explain_blocked")
	})
	t.Run("each connection is told at a moment of its own", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		for _, connections := range []string{
			`[{"name":"a","state":"blocked","protocol":"AMQP 0-9-1"},{"name":"b","state":"running","protocol":"AMQP 0-9-1"},{"name":"s","state":"running","protocol":"stream"}]`,
			`[{"name":"a","state":"blocked","protocol":"AMQP 0-9-1"},{"name":"b","state":"blocked","protocol":"AMQP 0-9-1"},{"name":"s","state":"running","protocol":"stream"}]`,
		} {
			s.JSON(askAlarms, 503, diskOnB)
			s.JSON(askNodes, 200, "["+bIsShort+"]")
			s.JSON(askConnections, 200, connections)
		}
		got := cmdtest.Run{Commands: alarm.Commands()}.Do(t, s, "explain_blocked")
		if !strings.Contains(got.Out, "stuck now: 2 connections; would be stuck at the next publish: 0\n") {
			t.Errorf("%v\n%s%s", got.Error, got.Out, got.Err)
		}
	})
	t.Run("a look that comes too late does not lose the first", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(askAlarms, 503, diskOnB)
		s.JSON(askNodes, 200, "["+bIsStale+"]")
		s.JSON(askConnections, 200, "[]")
		s.JSON(askAlarms, 500, `{"error":"gone"}`)
		got := cmdtest.Run{Commands: alarm.Commands()}.Do(t, s, "explain_blocked")
		if fail.KindOf(got.Error) != fail.Critical || !strings.HasPrefix(got.Out, "BLOCKED  ") {
			t.Errorf("%v\n%s%s", got.Error, got.Out, got.Err)
		}
	})
	t.Run("unreachable", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.Handle(askAlarms, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
		run(t, "explain_blocked/unreachable", cmdtest.Run{}, s, "explain_blocked")
	})
}

func TestExplainBlocked_recorded(t *testing.T) {
	t.Parallel()
	for _, release := range brokertest.Releases() {
		t.Run(release, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON(askAlarms, 503, brokertest.Recorded(t, release, "alarms-disk"))
			s.JSON(askNodes, 200, brokertest.Recorded(t, release, "nodes-disk"))
			s.JSON(askConnections, 200, brokertest.Recorded(t, release, "connections-disk"))
			got := cmdtest.Run{Commands: alarm.Commands()}.Do(t, s, "explain_blocked")
			if fail.KindOf(got.Error) != fail.Critical {
				t.Errorf("%v", got.Error)
			}
			for _, want := range []string{"BLOCKED  publishers are stopped on all nodes: disk alarm on rabbit@localhost\n", "stuck now: 1 connection;", "orders-publisher"} {
				if !strings.Contains(got.Out, want) {
					t.Errorf("%q is missing:\n%s", want, got.Out)
				}
			}
		})
	}
}

// An alarm that is known is told, whatever hangs or fails behind it.
func TestExplainBlocked_alarmIsToldFirst(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.JSON(askAlarms, 503, diskOnB)
	s.JSON(askNodes, 500, `{"error":"internal_error","reason":"timeout"}`)
	s.JSON(askConnections, 500, `{"error":"internal_error","reason":"timeout"}`)
	got := cmdtest.Run{Commands: alarm.Commands()}.Do(t, s, "explain_blocked")
	if fail.KindOf(got.Error) != fail.Critical || !strings.HasPrefix(got.Out, "BLOCKED") || !strings.Contains(got.Out, "the nodes could not be listed") {
		t.Errorf("%v\n%s%s", got.Error, got.Out, got.Err)
	}
}
