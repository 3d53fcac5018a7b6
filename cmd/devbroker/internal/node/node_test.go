package node

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/process"
	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
)

func example() (state.Broker, state.Node) {
	n := state.Node{Index: 1, Node: "x-1@localhost", Ports: state.Ports{AMQP: 1001, Management: 1002, Prometheus: 1003,
		Stream: 1004, Dist: 1005}}
	return state.Broker{Name: "x", Sbin: "/lib/sbin", EpmdPort: 1000, Nodes: []state.Node{n}, Dir: "/state/x"}, n
}

func TestConfigListensOnLoopbackOnly(t *testing.T) {
	b, n := example()
	config := Config(b.Name, n, 1<<30)
	for _, want := range []string{
		"listeners.tcp.1 = 127.0.0.1:1001", "management.tcp.port = 1002", "prometheus.tcp.port = 1003",
		"stream.listeners.tcp.1 = 127.0.0.1:1004",
		"management.tcp.ip = 127.0.0.1", "prometheus.tcp.ip = 127.0.0.1", "vm_memory_high_watermark.absolute = 1073741824",
	} {
		if !strings.Contains(config, want+"\n") {
			t.Errorf("%q is missing in\n%s", want, config)
		}
	}
	env := strings.Join(Environment(b, n), "\n")
	for _, want := range []string{"ERL_EPMD_ADDRESS=127.0.0.1", "ERL_EPMD_PORT=1000", "RABBITMQ_DIST_PORT=1005",
		"inet_dist_use_interface {127,0,0,1}"} {
		if !strings.Contains(env, want) {
			t.Errorf("%q is missing in\n%s", want, env)
		}
	}
}

func TestEnvironment_toolsOverTLSNeverSpin(t *testing.T) {
	b, n := example()
	for _, tls := range []bool{false, true} {
		b.TLSDistribution = tls
		seen := false
		for _, variable := range Environment(b, n) {
			arguments, isTools := strings.CutPrefix(variable, "RABBITMQ_CTL_ERL_ARGS=")
			seen = seen || isTools
			if isTools && (strings.Contains(arguments, "+sbwt none ") != tls || strings.Contains(arguments, "inet_tls") != tls) {
				t.Errorf("TLS %v: %s", tls, arguments)
			}
		}
		if !seen {
			t.Error("the tools get no arguments")
		}
	}
}

func TestWatermark(t *testing.T) {
	for total, want := range map[uint64]uint64{0: 256 << 20, 4 << 30: 1 << 30, 24 << 30: 4 << 30} {
		if got := Watermark(total); got != want {
			t.Errorf("%d: got %d, want %d", total, got, want)
		}
	}
}

func TestPrepareKeepsTheCookieAndThePlugins(t *testing.T) {
	b, n := example()
	b.Dir = t.TempDir()
	b.Settings = []string{"management_agent.disable_metrics_collector = true"}
	plugins := filepath.Join(b.NodeDir(n), "conf", "enabled_plugins")
	cookie := filepath.Join(b.Home(), ".erlang.cookie")
	if err := Prepare(b, n, 1); err != nil {
		t.Fatal(err)
	}
	first, err := os.ReadFile(cookie)
	if err != nil || len(first) < 20 {
		t.Fatalf("cookie %q, %v", first, err)
	}
	if conf, _ := os.ReadFile(filepath.Join(b.NodeDir(n), "conf", "rabbitmq.conf")); !strings.HasSuffix(string(conf),
		"\n"+b.Settings[0]+"\n") {
		t.Errorf("the setting is missing in\n%s", conf)
	}
	if info, _ := os.Stat(cookie); info.Mode().Perm() != 0o400 {
		t.Errorf("the cookie's mode is %v", info.Mode())
	}
	if err := os.WriteFile(plugins, []byte("[].\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Prepare(b, n, 1); err != nil {
		t.Fatal(err)
	}
	if again, _ := os.ReadFile(cookie); string(again) != string(first) {
		t.Error("the cookie changed")
	}
	if text, _ := os.ReadFile(plugins); string(text) != "[].\n" {
		t.Errorf("the plugins are %q", text)
	}
}

func TestReason(t *testing.T) {
	const stamp = "2026-01-02 03:04:05.678901+00:00 "
	for name, c := range map[string]struct {
		texts []string
		want  []string
	}{
		"a boot failure with its term on one line": {
			[]string{stamp + "[info] <0.1.0> all well\n" + stamp + "[error] <0.1.0> first cause\n" + stamp +
				"[error] <0.1.0> \n" + stamp + "[error] <0.1.0> BOOT FAILED\n" +
				stamp + "[error] <0.1.0> ===========\n" + stamp + "[error] <0.1.0> Error during startup: {error,\n" + stamp +
				"[error] <0.1.0>      eaddrinuse}\n" +
				stamp + "[error] <0.1.0> \n" + stamp + "[error] <0.1.0>   crasher: noise\n"},
			[]string{"first cause", "Error during startup: {error, eaddrinuse}"},
		},
		"errors without a boot failure": {
			[]string{"", stamp + "[error] <0.1.0> one\n" + stamp + "[error] <0.1.0> one\nplain\n"},
			[]string{"one"},
		},
		"devbroker's own word": {[]string{"devbroker: /x: no such file or directory\n"},
			[]string{"devbroker: /x: no such file or directory"}},
		"any lines": {[]string{"a\nb\n"}, []string{"a", "b"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, Reason(c.texts)); diff != "" {
				t.Error(diff)
			}
		})
	}
	if got := Reason(nil); got != nil {
		t.Errorf("nothing written: got %q", got)
	}
}

func TestWithFilesHidesNothingTheToolNeeds(t *testing.T) {
	v := process.View{Root: "/r", Shared: []string{"/state/x"}}
	for dir, want := range map[string][]string{
		"/src/main": {"/state/x", "/tmp", "/src/main"},
		"/usr/lib":  {"/state/x", "/tmp"},
		"/":         {"/state/x", "/tmp"},
		"/tmp/a":    {"/state/x", "/tmp"},
	} {
		if diff := cmp.Diff(want, WithFiles(v, dir).Shared); diff != "" {
			t.Error(dir, diff)
		}
	}
	if got := WithFiles(process.View{}, "/work"); got.Root != "" || got.Shared != nil {
		t.Errorf("without a root: %+v", got)
	}
}

func TestToolArgv(t *testing.T) {
	b, _ := example()
	got, err := ToolArgv(b, "rabbitmqctl", []string{"-q", "status"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"/lib/sbin/rabbitmqctl", "-q", "status"}, got); diff != "" {
		t.Error(diff)
	}
	if _, err := ToolArgv(b, "sh", nil); err == nil {
		t.Error("any program can be run")
	}
}
