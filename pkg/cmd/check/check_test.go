package check_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/check"
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
	r.Commands = check.Commands()
	r.Check(t, name, s, words...)
}

func TestCheckDisk_formats(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"nagios", "json", "prometheus", "table"} {
		for name, b := range map[string]string{"ok": brokertest.NodeA, "alarm": brokertest.ShortNodeB} {
			t.Run(format+" "+name, func(t *testing.T) {
				t.Parallel()
				s := brokertest.New(t)
				if name == "ok" {
					s.JSON(brokertest.AskAlarms, 200, brokertest.NoAlarm)
				} else {
					s.JSON(brokertest.AskAlarms, 503, brokertest.DiskAlarmB)
				}
				s.JSON(brokertest.AskNodes, 200, "["+brokertest.NodeA+","+strings.ReplaceAll(b, "rabbit@a", "rabbit@b")+"]")
				run(t, "check_disk/"+name+" "+format, cmdtest.Run{}, s, "check_disk", "-o", format)
			})
		}
	}
}

func TestCheckDisk_verdicts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		status int
		alarms string
		nodes  string
		words  []string
	}{
		{"warning", 200, brokertest.NoAlarm,
			`[{"name":"rabbit@a","running":true,"disk_free":90000000,"disk_free_limit":50000000}]`, nil},
		{"critical", 200, brokertest.NoAlarm,
			`[{"name":"rabbit@a","running":true,"disk_free":59999999,"disk_free_limit":50000000}]`, nil},
		{"margins of our own", 200, brokertest.NoAlarm,
			`[{"name":"rabbit@a","running":true,"disk_free":19000000000,"disk_free_limit":50000000}]`,
			[]string{"--warning", "20GB", "--critical", "100x"}},
		{"margins off", 200, brokertest.NoAlarm,
			`[{"name":"rabbit@a","running":true,"disk_free":50000001,"disk_free_limit":50000000}]`, []string{"--warning", "0",
				"--critical", "0"}},
		{"stale figures", 503, brokertest.DiskAlarmB, "[" + brokertest.StaleNodeB + "]", nil},
		{"a node that is not listed", 503, brokertest.DiskAlarmB, "[" + brokertest.NodeA + "]", nil},
		{"NaN", 200, brokertest.NoAlarm, `[{"name":"rabbit@a","running":true,"disk_free":"NaN","disk_free_limit":50000000}]`,
			nil},
		{"monitoring disabled", 200, brokertest.NoAlarm,
			`[{"name":"rabbit@a","running":true,"disk_free":"disk_free_monitoring_disabled","disk_free_limit":"disk_free_monitoring_disabled"}]`, nil},
		{"a node that does not run", 200, brokertest.NoAlarm, "[" + brokertest.NodeA +
			`,{"name":"rabbit@b","running":false}]`, nil},
		{"no nodes", 200, brokertest.NoAlarm, "[]", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON(brokertest.AskAlarms, tt.status, tt.alarms)
			s.JSON(brokertest.AskNodes, 200, tt.nodes)
			run(t, "check_disk/"+tt.name, cmdtest.Run{}, s, append([]string{"check_disk"}, tt.words...)...)
		})
	}
	t.Run("terminal", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(brokertest.AskAlarms, 503, brokertest.DiskAlarmB)
		s.JSON(brokertest.AskNodes, 200, "["+brokertest.NodeA+","+brokertest.ShortNodeB+"]")
		run(t, "check_disk/terminal", cmdtest.Run{Terminal: true}, s, "check_disk")
	})
}

// If something prevents a check from judging, the verdict is UNKNOWN, in the requested format. A check that is
// interrupted has no verdict.
func TestCheckDisk_cannotJudge(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"nagios", "json", "prometheus"} {
		t.Run("login "+format, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON(brokertest.AskAlarms, 401, brokertest.Recorded(t, "4.3", "401-login"))
			run(t, "check_disk/login "+format, cmdtest.Run{}, s, "check_disk", "-o", format)
		})
	}
	t.Run("may not see nodes", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(brokertest.AskAlarms, 200, brokertest.NoAlarm)
		s.JSON(brokertest.AskNodes, 401, brokertest.NotMonitor)
		run(t, "check_disk/no nodes seen", cmdtest.Run{}, s, "check_disk")
	})
	t.Run("broken settings", func(t *testing.T) {
		t.Parallel()
		r := cmdtest.Run{Env: []string{"RABBITCTL_CONTEXT=nowhere"}, Commands: check.Commands()}
		got := r.Do(t, brokertest.New(t), "check_disk")
		if fail.KindOf(got.Error) != fail.Unknown || !strings.HasPrefix(got.Out,
			`UNKNOWN - RABBITCTL_CONTEXT: there is no context "nowhere"`) {
			t.Errorf("%v\n%s%s", got.Error, got.Out, got.Err)
		}
	})
	t.Run("interrupted", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		ctx, cancel := context.WithCancel(t.Context())
		s.Handle(brokertest.AskAlarms, func(_ http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() })
		got := cmdtest.Run{Context: ctx, Commands: check.Commands()}.Do(t, s, "check_disk")
		if fail.KindOf(got.Error) != fail.Canceled || got.Out != "" {
			t.Errorf("%v %q", got.Error, got.Out)
		}
	})
	for name, words := range map[string][]string{
		"margin":   {"--warning", "twice"},
		"critical": {"--critical", "-1x"},
		"order":    {"--warning", "1.1x", "--critical", "2x"},
		"format":   {"-o", "csv"},
		"argument": {"rabbit@a"},
	} {
		t.Run("usage "+name, func(t *testing.T) {
			t.Parallel()
			run(t, "check_disk/usage "+name, cmdtest.Run{}, brokertest.New(t), append([]string{"check_disk"}, words...)...)
		})
	}
}

func TestCheckDisk_recorded(t *testing.T) {
	t.Parallel()
	for _, release := range brokertest.Releases() {
		t.Run(release, func(t *testing.T) {
			t.Parallel()
			for situation, want := range map[string]string{"disk": "CRITICAL - disk alarm on rabbit@localhost: ",
				"stale": "(these figures are older than the alarm)"} {
				s := brokertest.New(t)
				s.JSON(brokertest.AskAlarms, 503, brokertest.Recorded(t, release, "alarms-disk"))
				s.JSON(brokertest.AskNodes, 200, brokertest.Recorded(t, release, "nodes-"+situation))
				got := cmdtest.Run{Commands: check.Commands()}.Do(t, s, "check_disk")
				if fail.KindOf(got.Error) != fail.Critical || !strings.Contains(got.Out, want) {
					t.Errorf("%s: %v %s", situation, got.Error, got.Out)
				}
			}
			s := brokertest.New(t)
			s.JSON(brokertest.AskAlarms, 200, brokertest.Recorded(t, release, "alarms-ok"))
			s.JSON(brokertest.AskNodes, 200, brokertest.Recorded(t, release, "nodes"))
			got := cmdtest.Run{Commands: check.Commands()}.Do(t, s, "check_disk", "--warning", "0", "--critical", "0")
			if got.Error != nil || !strings.HasPrefix(got.Out, "OK - rabbit@localhost ") {
				t.Errorf("%v %s", got.Error, got.Out)
			}
		})
	}
}

func TestCheckAlarms(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		status   int
		alarms   string
		nodes    string // "" when denied
		format   string
		terminal bool
	}{
		{"none", 200, brokertest.NoAlarm, `[{"name":"a"},{"name":"b"},{"name":"c"}]`, "", false},
		{"none json", 200, brokertest.NoAlarm, `[{"name":"a"}]`, "json", false},
		{"none on one", 200, brokertest.NoAlarm, `[{"name":"a"}]`, "", false},
		{"none, nodes not seen", 200, brokertest.NoAlarm, "", "", false},
		{"none, one node does not answer", 200, brokertest.NoAlarm,
			`[{"name":"a","running":true,"partitions":[]},{"name":"b","running":false}]`, "", false},
		{"none, statistics off", 200, brokertest.NoAlarm, `[{"name":"a","running":true}]`, "", false},
		{"one", 503, brokertest.DiskAlarmB, `[{"name":"a"}]`, "", false},
		{"one json", 503, brokertest.DiskAlarmB, `[{"name":"a"}]`, "json", false},
		{"one prometheus", 503, brokertest.MemoryAlarmA, `[{"name":"a"}]`, "prometheus", false},
		{"one terminal", 503, brokertest.MemoryAlarmA, `[{"name":"a"}]`, "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON(brokertest.AskAlarms, tt.status, tt.alarms)
			if tt.nodes == "" {
				s.JSON(brokertest.Standing, 401, brokertest.NotMonitor)
			} else {
				s.JSON(brokertest.Standing, 200, tt.nodes)
			}
			words := []string{"check_alarms"}
			if tt.format != "" {
				words = append(words, "-o", tt.format)
			}
			run(t, "check_alarms/"+tt.name, cmdtest.Run{Terminal: tt.terminal}, s, words...)
		})
	}
	t.Run("not offered", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(brokertest.AskAlarms, 404, brokertest.Recorded(t, "3.10", "404-endpoint"))
		run(t, "check_alarms/not offered", cmdtest.Run{}, s, "check_alarms")
	})
}

// With --output, the verdict replaces the whole text of the file, and nothing is printed.
func TestCheck_outputFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "rabbitmq.prom")
	for _, old := range []string{"", "old text"} {
		s := brokertest.New(t)
		s.JSON(brokertest.AskAlarms, 503, brokertest.DiskAlarmB)
		s.JSON(brokertest.Standing, 200, `[]`)
		if old != "" {
			if err := os.WriteFile(file, []byte(old), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		got := cmdtest.Run{Commands: check.Commands()}.Do(t, s, "check_alarms", "-o", "prometheus", "--output", file)
		text, err := os.ReadFile(file)
		if err != nil || fail.KindOf(got.Error) != fail.Critical || got.Out != "" || got.Err != "" {
			t.Fatalf("%v, %v, %q", err, got.Error, got.Out+got.Err)
		}
		if !strings.HasPrefix(string(text), "# HELP rabbitctl_check_status") || !strings.Contains(string(text),
			"\nrabbitctl_check_status{check=\"check_alarms\"} 2\n") {
			t.Errorf("%s", text)
		}
	}
	s := brokertest.New(t)
	s.JSON(brokertest.AskAlarms, 200, brokertest.NoAlarm)
	s.JSON(brokertest.Standing, 200, `[]`)
	got := cmdtest.Run{Commands: check.Commands()}.Do(t, s, "check_alarms", "--output", filepath.Join(file, "x"))
	if fail.KindOf(got.Error) != fail.Output {
		t.Errorf("a file that cannot be written: %v", got.Error)
	}
}
