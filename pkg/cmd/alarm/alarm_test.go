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
)

// TestMain makes tables show times alike on every machine.
func TestMain(m *testing.M) {
	time.Local = time.UTC
	os.Exit(m.Run())
}

func run(t *testing.T, name string, r cmdtest.Run, s *brokertest.Server, words ...string) {
	t.Helper()
	r.Commands = alarm.Commands()
	r.Check(t, name, s, words...)
}

// TestExplainBlocked_namesTheVariable: explain_blocked has no --node, so the step names the variable.
func TestExplainBlocked_namesTheVariable(t *testing.T) {
	t.Parallel()
	r := cmdtest.Run{Commands: alarm.Commands(), Env: []string{"RABBITCTL_URL=http://127.0.0.1:1",
		"RABBITCTL_ERLANG_COOKIE=secret"}}.Do(t, brokertest.New(t), "explain_blocked")
	if !strings.Contains(r.Out, "the node's own name with RABBITCTL_NODE=NAME@HOST") || strings.Contains(r.Out, "--node") {
		t.Errorf("%s%s", r.Out, r.Err)
	}
}

const stuck = `[{"name":"10.0.0.7:41544 -> 10.0.0.1:5672","user":"shop","peer_host":"10.0.0.7","peer_port":41544,"state":"blocked","vhost":"/","connected_at":1700000000000,"client_properties":{"connection_name":"billing\u001b[31m","product":"pika"}},
 {"name":"10.0.0.8:41545 -> 10.0.0.1:5672","user":"shop","peer_host":"10.0.0.8","peer_port":41545,"state":"blocking","vhost":"prod","connected_at":1700000000000,"client_properties":{"product":"RabbitMQ"}},
 {"name":"young","user":"shop","vhost":"/","client_properties":[]}]`

func TestExplainBlocked(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"", "table", "nagios", "json", "prometheus"} {
		t.Run("blocked "+format, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON(brokertest.AskAlarms, 503, brokertest.DiskAlarmB)
			s.JSON(brokertest.AskNodes, 200, "["+brokertest.NodeA+","+brokertest.ShortNodeB+"]")
			s.JSON(brokertest.AskStopped, 200, stuck)
			words := []string{"explain_blocked"}
			if format != "" {
				words = append(words, "-o", format)
			}
			run(t, "explain_blocked/blocked "+format, cmdtest.Run{}, s, words...)
		})
	}
	for _, format := range []string{"", " json"} {
		t.Run("not blocked"+format, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON(brokertest.AskAlarms, 200, brokertest.NoAlarm)
			s.JSON(brokertest.AskNodes, 200, "["+brokertest.NodeA+"]")
			s.JSON(brokertest.AskHistory, 200, brokertest.DiskHistory("rabbit@a", brokertest.Falling(84e9, 1e9)...))
			s.JSON(brokertest.AskPublished, 200, brokertest.Published(1, 2, 3))
			s.JSON(brokertest.AskStopped, 200, stuck)
			words := []string{"explain_blocked"}
			if format != "" {
				words = append(words, "-o", "json")
			}
			run(t, "explain_blocked/not blocked"+format, cmdtest.Run{}, s, words...)
		})
	}
	t.Run("a node that does not answer may have an alarm", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(brokertest.AskAlarms, 200, brokertest.NoAlarm)
		s.JSON(brokertest.AskNodes, 200, "["+brokertest.NodeA+`,{"name":"rabbit@b","running":false}]`)
		// Without statistics the trend is unknown, but everything else is known.
		s.JSON(brokertest.AskHistory, 500, `{"error":"internal"}`)
		s.JSON(brokertest.AskStopped, 200, "[]")
		run(t, "explain_blocked/silent", cmdtest.Run{}, s, "explain_blocked")
	})
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(brokertest.AskAlarms, 503, brokertest.MemoryAlarmA)
		s.JSON(brokertest.AskNodes, 200, "["+brokertest.NodeA+"]")
		s.JSON(brokertest.AskStopped, 200, "[]")
		run(t, "explain_blocked/memory", cmdtest.Run{}, s, "explain_blocked")
	})
	t.Run("a user who may see neither nodes nor connections", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(brokertest.AskAlarms, 503, brokertest.DiskAlarmB)
		s.JSON(brokertest.AskNodes, 401, brokertest.NotMonitor)
		s.JSON(brokertest.AskStopped, 401, brokertest.NotMonitor)
		run(t, "explain_blocked/blind", cmdtest.Run{}, s, "explain_blocked")
	})
	t.Run("a user who may not see whether all nodes answer", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(brokertest.AskAlarms, 200, brokertest.NoAlarm)
		s.JSON(brokertest.AskNodes, 401, brokertest.NotMonitor)
		s.JSON(brokertest.AskStopped, 200, "[]")
		run(t, "explain_blocked/unknown, nodes not seen", cmdtest.Run{}, s, "explain_blocked")
	})
	t.Run("right after the alarm the listings are asked again", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		for range 2 {
			s.JSON(brokertest.AskAlarms, 503, brokertest.DiskAlarmB)
		}
		s.JSON(brokertest.AskNodes, 200, "["+brokertest.StaleNodeB+"]")
		s.JSON(brokertest.AskStopped, 200, "[]")
		s.JSON(brokertest.AskNodes, 200, "["+brokertest.ShortNodeB+"]")
		s.JSON(brokertest.AskStopped, 200, stuck)
		run(t, "explain_blocked/fresh", cmdtest.Run{}, s, "explain_blocked")
	})
	t.Run("each connection is told at a moment of its own", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		for _, connections := range []string{
			`[{"name":"a","state":"blocked","protocol":"AMQP 0-9-1"},{"name":"b","state":"running","protocol":"AMQP 0-9-1"},{"name":"s","state":"running","protocol":"stream"}]`,
			`[{"name":"a","state":"blocked","protocol":"AMQP 0-9-1"},{"name":"b","state":"blocked","protocol":"AMQP 0-9-1"},{"name":"s","state":"running","protocol":"stream"}]`,
		} {
			s.JSON(brokertest.AskAlarms, 503, brokertest.DiskAlarmB)
			s.JSON(brokertest.AskNodes, 200, "["+brokertest.ShortNodeB+"]")
			s.JSON(brokertest.AskStopped, 200, connections)
		}
		got := cmdtest.Run{Commands: alarm.Commands()}.Do(t, s, "explain_blocked")
		if !strings.Contains(got.Out, "blocked now: 2 connections; would be blocked at the next publish: 0\n") {
			t.Errorf("%v\n%s%s", got.Error, got.Out, got.Err)
		}
	})
	t.Run("a look that comes too late does not lose the first", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(brokertest.AskAlarms, 503, brokertest.DiskAlarmB)
		s.JSON(brokertest.AskNodes, 200, "["+brokertest.StaleNodeB+"]")
		s.JSON(brokertest.AskStopped, 200, "[]")
		s.JSON(brokertest.AskAlarms, 500, `{"error":"gone"}`)
		got := cmdtest.Run{Commands: alarm.Commands()}.Do(t, s, "explain_blocked")
		if fail.KindOf(got.Error) != fail.Critical || !strings.HasPrefix(got.Out, "BLOCKED  ") {
			t.Errorf("%v\n%s%s", got.Error, got.Out, got.Err)
		}
	})
	t.Run("unreachable", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.Handle(brokertest.AskAlarms, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
		run(t, "explain_blocked/unreachable", cmdtest.Run{}, s, "explain_blocked")
	})
}

func TestExplainBlocked_recorded(t *testing.T) {
	t.Parallel()
	for _, release := range brokertest.Releases() {
		t.Run(release, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON(brokertest.AskAlarms, 503, brokertest.Recorded(t, release, "alarms-disk"))
			s.JSON(brokertest.AskNodes, 200, brokertest.Recorded(t, release, "nodes-disk"))
			s.JSON(brokertest.AskStopped, 200, brokertest.Recorded(t, release, "connections-disk"))
			got := cmdtest.Run{Commands: alarm.Commands()}.Do(t, s, "explain_blocked")
			if fail.KindOf(got.Error) != fail.Critical {
				t.Errorf("%v", got.Error)
			}
			for _, want := range []string{"BLOCKED  publishers are stopped on all nodes: disk alarm on rabbit@localhost\n",
				"blocked now: 1 connection;", "orders-publisher"} {
				if !strings.Contains(got.Out, want) {
					t.Errorf("%q is missing:\n%s", want, got.Out)
				}
			}
		})
	}
}

// TestExplainBlocked_alarmIsToldFirst: a known alarm is reported even if a later request hangs or fails.
func TestExplainBlocked_alarmIsToldFirst(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.JSON(brokertest.AskAlarms, 503, brokertest.DiskAlarmB)
	s.JSON(brokertest.AskNodes, 500, `{"error":"internal_error","reason":"timeout"}`)
	s.JSON(brokertest.AskStopped, 500, `{"error":"internal_error","reason":"timeout"}`)
	got := cmdtest.Run{Commands: alarm.Commands()}.Do(t, s, "explain_blocked")
	if fail.KindOf(got.Error) != fail.Critical || !strings.HasPrefix(got.Out, "BLOCKED") || !strings.Contains(got.Out,
		"the nodes could not be listed") {
		t.Errorf("%v\n%s%s", got.Error, got.Out, got.Err)
	}
}
