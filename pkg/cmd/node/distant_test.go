package node_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/node"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// at runs a command against a node. It fails the test if the command sends a request to the management API or shows the
// cookie.
func at(t *testing.T, n *nodetest.Node, env []string, words ...string) cmdtest.Result {
	t.Helper()
	env = append(n.Env(t), env...)
	r := cmdtest.Run{Commands: node.Commands(), Env: env}.Do(t, brokertest.New(t), words...)
	if strings.Contains(fmt.Sprint(r), "secret") {
		t.Errorf("%q: the cookie is shown: %+v", words, r)
	}
	if len(r.Requests) > 0 {
		t.Errorf("%q sent over HTTP: %q", words, r.Requests)
	}
	return r
}

func small() map[string]string {
	return map[string]string{"rabbit:is_running/0": "true", "rabbit_disk_monitor:get_disk_free_limit/0": "50000000",
		"rabbit_disk_monitor:get_disk_free/0": "8000000000", "rabbit_disk_monitor:set_disk_free_limit/1": "ok",
		"vm_memory_monitor:get_total_memory/0": "10000000000", "vm_memory_monitor:get_memory_limit/0": "4000000000",
		"vm_memory_monitor:get_process_memory/0":           "2000000000",
		"vm_memory_monitor:get_vm_memory_high_watermark/0": "0.4", "rabbit:set_log_level/1": "ok",
		"logger:get_primary_config/0":       "#{level => debug}",
		"rabbit_runtime:gc_all_processes/0": "ok", "rabbit_disk_monitor:set_enabled/1": "ok"}
}

func TestSetDiskFreeLimit(t *testing.T) {
	t.Parallel()
	calls := nodetest.Says(small())
	nodetest.Keeps(calls, "rabbit_disk_monitor:set_disk_free_limit/1", "rabbit_disk_monitor:get_disk_free_limit/0")
	n := (&nodetest.Node{Calls: calls}).Start(t)
	set := "rabbit_disk_monitor:set_disk_free_limit/1"
	for _, c := range []struct {
		line, out, err string
		kind           fail.Kind
		sets           bool
	}{
		{"set_disk_free_limit 1GB --dry-run", "limit_then\t1000000000\n",
			"would set the limit of free disk space to 1 GB on rabbit@localhost\n", "", false},
		{"set_disk_free_limit 1GB", "changed\nlimit\t1000000000\nbefore\t50000000\n",
			"to keep it, write in rabbitmq.conf: disk_free_limit.absolute = 1GB\n", "", true},
		{"set_disk_free_limit 1000000000", "unchanged\n", "", "", false},
		{"set_disk_free_limit 1T", "", "", fail.Usage, false},
		{"set_disk_free_limit 1T --yes", "changed\n", "disk_free_limit.absolute = 1099511627776\n", "", true},
		{"set_disk_free_limit 1.5GB", "", "", fail.Usage, false},
		{"set_disk_free_limit mem_relative", "", "", fail.Usage, false},
		{"set_disk_free_limit mem_relative x", "", "", fail.Usage, false},
		{"set_disk_free_limit 1 2", "", "", fail.Usage, false},
		{"set_disk_free_limit 99999999999999TB", "", "", fail.Usage, false},
	} {
		before := len(n.Asked())
		r := at(t, n, nil, strings.Fields(c.line)...)
		if !strings.Contains(r.Out, c.out) || !strings.Contains(r.Err, c.err) || fail.KindOf(r.Error) != c.kind {
			t.Errorf("%s: %q %q %v", c.line, r.Out, r.Err, r.Error)
		}
		if slices.Contains(n.Asked()[before:], set) != c.sets {
			t.Errorf("%s: asked %q", c.line, n.Asked()[before:])
		}
	}
}

// TestSetDiskFreeLimit_changesNothing: a node that does not watch its disk answers ok, but changes nothing.
func TestSetDiskFreeLimit_changesNothing(t *testing.T) {
	t.Parallel()
	values := small()
	values["rabbit_disk_monitor:get_disk_free/0"] = "'NaN'"
	n := (&nodetest.Node{Calls: nodetest.Says(values)}).Start(t)
	r := at(t, n, nil, "set_disk_free_limit", "mem_relative", "0.5")
	if fail.KindOf(r.Error) != fail.Unavailable ||
		!strings.Contains(r.Error.Error(), "nothing changed: node rabbit@localhost does not watch") {
		t.Errorf("%+v", r)
	}
}

// TestSetMemoryHighWatermark_total: if the node does not know how much memory its machine has, the preview counts with
// 1 GiB, as RabbitMQ does.
func TestSetMemoryHighWatermark_total(t *testing.T) {
	t.Parallel()
	values := small()
	values["vm_memory_monitor:get_total_memory/0"] = "undefined"
	n := (&nodetest.Node{Calls: nodetest.Says(values)}).Start(t)
	r := at(t, n, nil, "set_vm_memory_high_watermark", "0.1", "--dry-run")
	if r.Error != nil || !strings.Contains(r.Out, "limit_then\t107374182\n") ||
		!strings.Contains(r.Err, "RabbitMQ then assumes 1 GiB") || !strings.Contains(r.Err, "a memory alarm blocks") {
		t.Errorf("%+v", r)
	}
	r = at(t, n, nil, "set_vm_memory_high_watermark", "absolute", "1GB", "--dry-run")
	if r.Error != nil || !strings.Contains(r.Out, "limit_then\t1000000000\n") ||
		!strings.Contains(r.Err, "the node uses 2 GB") {
		t.Errorf("%+v", r)
	}
}

func TestDistant(t *testing.T) {
	t.Parallel()
	values := small()
	values["rabbit:status/0"] = "[{totals,[{connection_count,3}]}]"
	values["rabbit_nodes:is_single_node_cluster/0"] = "false"
	values["rabbit_upgrade_preparation:list_with_minimum_quorum_for_cli/0"] =
		`[#{<<"readable_name">> => <<"queue 'q' in vhost '/'">>}]`
	values["rabbit:stop/0"] = "ok"
	values["rabbit:start/0"] = "{error,{rabbit,why}}"
	calls := nodetest.Says(values)
	var off atomic.Bool
	calls["rabbit_disk_monitor:set_enabled/1"] = func(c *nodetest.Call) erlang.Term {
		off.Store(c.Args[0] == erlang.Atom("false"))
		return erlang.Atom("ok")
	}
	calls["sys:get_state/1"] = func(c *nodetest.Call) erlang.Term {
		return nodetest.Says(map[string]string{"x": nodetest.DiskWatch(!off.Load())})["x"](c)
	}
	nodetest.Keeps(calls, "vm_memory_monitor:set_vm_memory_high_watermark/1",
		"vm_memory_monitor:get_vm_memory_high_watermark/0")
	calls["vm_memory_monitor:get_memory_limit/0"] = func(c *nodetest.Call) erlang.Term {
		set, _ := calls["vm_memory_monitor:get_vm_memory_high_watermark/0"](c).(erlang.Tuple)
		if len(set) != 2 {
			return erlang.Int(4_000_000_000)
		}
		bytes, err := strconv.ParseInt(erlang.Text(set[1]), 10, 64)
		if err != nil {
			t.Error(err)
		}
		return erlang.Int(min(bytes, 10_000_000_000))
	}
	n := (&nodetest.Node{Calls: calls}).Start(t)
	for _, c := range []struct {
		line, out, err string
		kind           fail.Kind
	}{
		{"set_vm_memory_high_watermark 0.3", "changed\nlimit\t4000000000\n", "vm_memory_high_watermark.relative = 0.3\n", ""},
		{"set_vm_memory_high_watermark 0.1", "", "the node uses 2 GB, so with this limit a memory alarm blocks the publishers of the whole cluster", fail.Usage},
		{"set_vm_memory_high_watermark absolute 5GB", "changed\nlimit\t5000000000\n",
			"vm_memory_high_watermark.absolute = 5GB\n", ""},
		{"set_vm_memory_high_watermark absolute 20GB --dry-run", "limit_then\t10000000000\n",
			"the node will use a limit of 10 GB: a limit cannot exceed RabbitMQ's value for the total memory of the machine", ""},
		{"set_vm_memory_high_watermark absolute 20GB", "changed\nlimit\t10000000000\n",
			"the node uses a limit of 10 GB, not of 20 GB", ""},
		{"set_vm_memory_high_watermark 1.5", "", "1.5 is not between 0 and 1", fail.Usage},
		{"set_log_level debug", "changed\n", "", ""},
		{"set_log_level error", "", "the node answered ok, but its log level is debug", fail.Unavailable},
		{"set_log_level loud", "", `"loud" is not a log level`, fail.Usage},
		{"force_gc", "started\n", "", ""},
		{"activate_free_disk_space_monitoring", "unchanged\n", "", ""},
		{"deactivate_free_disk_space_monitoring", "", "there is no terminal to ask at", fail.Usage},
		{"deactivate_free_disk_space_monitoring --yes", "deactivated\n", "", ""},
		{"deactivate_free_disk_space_monitoring --yes", "unchanged\n", "", ""},
		{"activate_free_disk_space_monitoring", "activated\n", "", ""},
		{"stop_app", "", "there is no terminal to ask at", fail.Usage},
		{"stop_app --dry-run", "connections\t3\nqueues_without_majority\t1\n", "1 quorum queue or stream has no majority", ""},
		{"stop_app --yes", "", "the node answered ok, but RabbitMQ still runs there", fail.Unavailable},
		{"start_app", "unchanged\n", "", ""},
	} {
		r := at(t, n, nil, strings.Fields(c.line)...)
		said := r.Err
		if r.Error != nil {
			said += r.Error.Error()
		}
		if !strings.Contains(r.Out, c.out) || !strings.Contains(said, c.err) || fail.KindOf(r.Error) != c.kind {
			t.Errorf("%s: %q %q %v", c.line, r.Out, r.Err, r.Error)
		}
	}
}

// TestStopApp_booting: on a node that is still starting, stop_app must stop RabbitMQ, although RabbitMQ does not run
// yet. Otherwise it would go on starting.
func TestStopApp_booting(t *testing.T) {
	t.Parallel()
	n := (&nodetest.Node{Calls: nodetest.Says(map[string]string{"rabbit:is_running/0": "false",
		"rabbit:is_booting/0": "true", "rabbit:start/0": "ok", "rabbit:stop/0": "ok"})}).Start(t)
	if r := at(t, n, nil, "stop_app", "--yes"); r.Error != nil || r.Out != "stopped\n" ||
		!slices.Contains(n.Asked(), "rabbit:stop/0") {
		t.Errorf("%+v, asked %q", r, n.Asked())
	}
	// While RabbitMQ is starting, rabbit:start/0 answers ok at once, so start_app must not take that for success.
	const starting = "node rabbit@localhost runs, but RabbitMQ is still starting on it"
	for _, line := range []string{"start_app", "set_disk_free_limit 1GB"} {
		r := at(t, n, nil, strings.Fields(line)...)
		if r.Error == nil || r.Error.Error() != starting || !strings.Contains(steps.Of(r.Error), "await_ready") {
			t.Errorf("%s: %+v", line, r)
		}
	}
}

// TestStartApp_refused: the command prints the reason that the node gives. On a node where RabbitMQ is stopped,
// commands that need RabbitMQ are refused.
func TestStartApp_refused(t *testing.T) {
	t.Parallel()
	n := (&nodetest.Node{Calls: nodetest.Says(map[string]string{"rabbit:is_running/0": "false",
		"rabbit:start/0": "{error,{rabbit,why}}"})}).Start(t)
	for line, want := range map[string]string{
		"start_app":               "RabbitMQ does not start: {rabbit,why}",
		"stop_app --yes":          "",
		"set_disk_free_limit 1GB": "node rabbit@localhost runs, but RabbitMQ is stopped on it",
	} {
		r := at(t, n, nil, strings.Fields(line)...)
		if r.Error == nil != (want == "") || r.Error != nil && r.Error.Error() != want {
			t.Errorf("%s: %+v", line, r)
		}
	}
}

func TestEval(t *testing.T) {
	t.Parallel()
	calls := nodetest.Says(map[string]string{"erl_scan:string/1": "{ok,[tokens],1}",
		"erl_parse:parse_exprs/1": "{ok,[forms]}",
		"io_lib:format/2":         `["{a",44,<<"b}">>]`})
	calls["erl_eval:exprs/2"] = func(c *nodetest.Call) erlang.Term {
		if got := erlang.Text(erlang.List(c.Args)); got != `[[forms],[{'_1',<<"one">>}]]` {
			t.Errorf("arguments %s", got)
		}
		c.Print("printed\n")
		return erlang.Tuple{erlang.Atom("value"), erlang.Atom("x"), erlang.List{}}
	}
	n := (&nodetest.Node{Calls: calls}).Start(t)
	r := at(t, n, nil, "eval", "f()", "one")
	if r.Out != "printed\n{a,b}\n" || r.Error != nil || !strings.Contains(r.Err, "gives all rights on the node") {
		t.Errorf("%+v", r)
	}
	calls["erl_eval:exprs/2"] = func(*nodetest.Call) erlang.Term { return erlang.Atom("oops") }
	if r := at(t, n, nil, "eval", "throw(oops)"); r.Error == nil || r.Error.Error() != "the expression throws oops" {
		t.Errorf("%+v", r)
	}
	calls["erl_parse:parse_exprs/1"] = nodetest.Says(map[string]string{"x": `{error,{1,erl_parse,["syntax error"]}}`})["x"]
	calls["erl_parse:format_error/1"] = nodetest.Says(map[string]string{"x": `["syntax error before: ",[]]`})["x"]
	if r := at(t, n, nil, "eval", "("); fail.KindOf(r.Error) != fail.Usage ||
		!strings.Contains(r.Error.Error(), "cannot be read as Erlang: syntax error before: ") {
		t.Errorf("%+v", r)
	}
}

// TestDistant_cookie: the error says which cookie was tried. A cookie file that others can read is refused before
// anything is sent.
func TestDistant_cookie(t *testing.T) {
	t.Parallel()
	n := (&nodetest.Node{Calls: nodetest.Says(small())}).Start(t)
	open := filepath.Join(t.TempDir(), "open")
	if err := os.WriteFile(open, []byte("hush"), 0o644); err != nil { //nolint:gosec // that is the test
		t.Fatal(err)
	}
	for env, want := range map[string]struct {
		kind fail.Kind
		says string
	}{
		"RABBITCTL_ERLANG_COOKIE_FILE=" + open:       {fail.Config, "its mode 0644 gives other users access to the Erlang cookie"},
		"RABBITCTL_ERLANG_COOKIE_FILE=/nowhere/file": {fail.Config, "/nowhere/file"},
		"RABBITCTL_ERLANG_COOKIE_FILE=" + os.DevNull: {fail.Config, "holds no Erlang cookie"},
	} {
		r := at(t, n, []string{env}, "force_gc")
		if fail.KindOf(r.Error) != want.kind || !strings.Contains(r.Error.Error(), want.says) ||
			strings.Contains(fmt.Sprint(r), "hush") {
			t.Errorf("%s: %s: %v", env, fail.KindOf(r.Error), r.Error)
		}
	}
	if len(n.Asked()) > 0 {
		t.Errorf("asked %q", n.Asked())
	}
	r := at(t, n, []string{"RABBITCTL_ERLANG_COOKIE_FILE=", "RABBITCTL_COOKIE_COMMAND=echo hush"}, "force_gc")
	if fail.KindOf(r.Error) != fail.Denied || !strings.Contains(r.Error.Error(),
		"node rabbit@localhost has another Erlang cookie than the one from RABBITCTL_COOKIE_COMMAND") {
		t.Errorf("%+v", r)
	}
	r = at(t, n, []string{"RABBITCTL_ERLANG_COOKIE_FILE=", "RABBITCTL_ERLANG_COOKIE=secret", "RABBITCTL_TRACE=true"},
		"force_gc")
	if r.Error != nil || !strings.Contains(r.Err, "erlang: call rabbit_runtime:gc_all_processes/0 on node rabbit@localhost") {
		t.Errorf("%+v", r)
	}
}
