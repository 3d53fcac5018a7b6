//go:build acceptance

package acceptance

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// overErlang returns the environment variables with which rabbitctl reaches the node over Erlang distribution.
func (b *broker) overErlang(t *testing.T) []string {
	t.Helper()
	return b.variables(t)
}

// TestErlangDistribution has brokers of its own, since it stops and starts RabbitMQ on them.
func TestErlangDistribution(t *testing.T) {
	for _, release := range []string{"3.10", "4.3"} {
		if !slices.Contains(options.releases, release) {
			continue
		}
		b, end := ownBroker(t, options.suite+"-erlang-"+release, release)
		t.Run(release, func(t *testing.T) {
			t.Parallel()
			defer end()
			env := b.overErlang(t)
			ours := func(args ...string) ran { return run(t, env, program("rabbitctl"), args...) }
			erlangChanges(t, b, ours)
			fixesBlocked(t, b, ours)
			apiOff(t, b, ours, env)
			erlangReads(t, b, ours)
			erlangParity(t, b, env)
			erlangMachine(t, b, ours, env, release)
			erlangPlugins(t, b, ours)
			erlangShell(t, b, env)
			queuesByNodes(t, b, env)
			leavesNothing(t, ours)
			cookieNotInPS(t, env)
			erlangFailures(t, b, env)
			erlangEnd(t, b, ours, release)
		})
	}
}

// erlangChanges makes changes with rabbitctl, and checks the effect of many with the release's own tool.
func erlangChanges(t *testing.T, b *broker, ours func(...string) ran) {
	t.Helper()
	theirs := func(code string) string {
		return strings.TrimSpace(b.ctl(t, "rabbitmqctl", "eval", code).ok(t).stdout)
	}
	limit, level := "rabbit_disk_monitor:get_disk_free_limit().", "maps:get(level, logger:get_primary_config())."
	for _, c := range []struct {
		line, says string
		code       int
		look, is   string
	}{
		{line: "set_disk_free_limit 70MB --dry-run", says: "limit_then\t70000000", look: limit, is: "50000000"},
		{line: "set_disk_free_limit 70MB", says: "changed\nlimit\t70000000", look: limit, is: "70000000"},
		{line: "set_disk_free_limit 70MB", says: "unchanged"},
		{line: "set_disk_free_limit 1000000GB", code: 64, look: limit, is: "70000000"},
		{line: "set_vm_memory_high_watermark 0.37", says: "changed",
			look: "vm_memory_monitor:get_vm_memory_high_watermark().", is: "0.37"},
		{line: "set_vm_memory_high_watermark absolute 4GB", says: "changed",
			look: "vm_memory_monitor:get_vm_memory_high_watermark().", is: "{absolute,4000000000}"},
		{line: "set_log_level warning", says: "changed", look: level, is: "warning"},
		{line: "set_log_level info", says: "changed", look: level, is: "info"},
		{line: "force_gc", says: "started"},
		{line: "deactivate_free_disk_space_monitoring", code: 64},
		{line: "deactivate_free_disk_space_monitoring --yes", says: "deactivated"},
		{line: "set_disk_free_limit 80MB", code: 69},
		{line: "check_disk", code: 3, says: "the node does not monitor its disk, and no alarm goes off"},
		{line: "deactivate_free_disk_space_monitoring --yes", says: "unchanged"},
		{line: "activate_free_disk_space_monitoring", says: "activated"},
		{line: "eval rabbit:is_running()", says: "true\n"},
		{line: "drain", code: 64}, {line: "drain --dry-run", says: "connections\t"},
		{line: "drain --yes", says: "drained", look: "rabbit_maintenance:status_local_read(node()).", is: "draining"},
		{line: "drain --yes", says: "unchanged"},
		{line: "revive", says: "revived", look: "rabbit_maintenance:status_local_read(node()).", is: "regular"},
		{line: "revive", says: "unchanged"},
		{line: "suspend_listeners --dry-run", says: "amqp\t"}, {line: "suspend_listeners", code: 64},
		{line: "suspend_listeners --yes", says: "suspended"}, {line: "list_nodes", code: 69},
		{line: "resume_listeners", says: "resumed"}, {line: "list_nodes name", says: b.Node},
		{line: "reset " + b.Node + " --yes", code: 69}, {line: "force_boot --yes", code: 69},
		{line: "stop_app", code: 64}, {line: "stop_app --dry-run", says: "connections\t"},
		{line: "stop_app --yes", says: "stopped", look: "rabbit:is_running().", is: "false"},
		{line: "check_running", code: 2, says: "runs, but RabbitMQ is stopped on it"},
		{line: "check_alarms", code: 3, says: "runs, but RabbitMQ is stopped on it"},
		{line: "check_disk", code: 3, says: "runs, but RabbitMQ is stopped on it"},
		{line: "check_memory", code: 3, says: "runs, but RabbitMQ is stopped on it"},
		{line: "explain_blocked", code: 3, says: "UNKNOWN  node "},
		{line: "check_quorum", code: 3, says: "rabbitctl start_app --node "},
		{line: "check_node --for liveness", code: 2, says: "runs, but RabbitMQ is stopped on it"},
		{line: "list_queues", code: 69}, {line: "certificates", code: 69},
		{line: "status", says: "running\tfalse"},
		{line: "doctor", code: 2, says: "rabbitctl start_app --node "},
		{line: "stop_app --yes", says: "unchanged"}, {line: "set_disk_free_limit 1GB", code: 69},
		{line: "drain --yes", code: 69}, {line: "os_env", code: 69}, {line: "reset rabbit@elsewhere --yes", code: 64},
		{line: "reset " + b.Node, code: 64}, {line: "reset " + b.Node + " --dry-run", says: ""},
		{line: "start_app", says: "started", look: "rabbit:is_running().", is: "true"},
		{line: "start_app", says: "unchanged"},
	} {
		r := ours(strings.Fields(c.line)...).exits(t, c.code)
		if !strings.Contains(r.stdout, c.says) {
			t.Errorf("%s: %q %q", c.line, r.stdout, r.stderr)
		}
		if c.look != "" && theirs(c.look) != c.is {
			t.Errorf("%s: then %s is %s, want %s", c.line, c.look, theirs(c.look), c.is)
		}
	}
}

// fixesBlocked raises first a disk alarm and then a memory alarm, and ends each with explain_blocked --fix. After each,
// the blocked publisher continues.
func fixesBlocked(t *testing.T, b *broker, ours func(...string) ran) {
	t.Helper()
	b.declare(t, "/", "orders", nil)
	b.startDevbroker(t, "publish", "--queue", "orders", "--rate", "20", "--for", "10m", "--connection-name",
		"orders-publisher")
	b.awaitConnections(t, "orders-publisher")
	for _, alarm := range []string{"set_disk_free_limit 1000GB", "set_vm_memory_high_watermark absolute 50MB"} {
		ours(append(strings.Fields(alarm), "--yes")...).ok(t)
		eventually(t, func() (bool, string) {
			r := ours("explain_blocked")
			return r.code == 2 && strings.Contains(r.stdout, "blocked now: 1 connection"), r.stdout
		})
		ours("explain_blocked", "--fix").exits(t, 64)
		ours("explain_blocked", "--fix", "--dry-run").ok(t)
		if r := ours("check_alarms"); r.code != 2 {
			t.Errorf("%s, and a dry run: %s", alarm, r.stdout)
		}
		r := ours("explain_blocked", "--fix", "--yes").ok(t)
		for _, want := range []string{"changed\n", "alarm\tcleared", "blocked_before\t1", "blocked_now\t0"} {
			if !strings.Contains(r.stdout, want) {
				t.Errorf("%s: %q is missing: %s%s", alarm, want, r.stdout, r.stderr)
			}
		}
		ours("check_alarms").ok(t)
		before := ours("list_queues", "messages", "--match", "^orders$", "--no-table-headers").ok(t).stdout
		eventually(t, func() (bool, string) {
			now := ours("list_queues", "messages", "--match", "^orders$", "--no-table-headers").ok(t).stdout
			return now != before, "the publisher is stuck at " + now
		})
	}
	if r := ours("explain_blocked", "--fix", "--yes").ok(t); r.stdout != "unchanged\n" {
		t.Errorf("without an alarm: %q", r.stdout)
	}
}

// apiOff runs commands while the node runs without its management plugin. Each of them must answer over Erlang
// distribution, be UNKNOWN, or fail.
func apiOff(t *testing.T, b *broker, ours func(...string) ran, env []string) {
	t.Helper()
	b.ctl(t, "rabbitmq-plugins", "disable", "rabbitmq_management").ok(t)
	for _, c := range []struct {
		line, says string
		code       int
	}{
		{"check_running", "OK - RabbitMQ runs on " + b.Node, 0},
		{"check_alarms", "OK - no alarm in effect on the only node", 0},
		{"check_disk", "OK - " + b.Node, 0}, {"check_alarms -o json", "\"transports\": [\n    \"erlang\"\n  ]", 0},
		{"check_local_alarms", "OK - no alarm in effect on " + b.Node, 0}, {"check_memory", "OK - " + b.Node, 0},
		{"explain_blocked", "NOT BLOCKED", 0}, {"environment rabbit", "[{rabbit,", 0},
		{"check_node --for liveness", "OK - RabbitMQ runs on " + b.Node + ", although nothing listens", 0},
		{"check_node --for readiness", "maintenance and listeners could not be looked at", 3},
		{"check_quorum", "enable_plugins rabbitmq_management --node " + b.Node, 3}, {"list_nodes", "", 69},
		{"check --all", "OK check_memory: ", 3},
		{"status", "running\ttrue", 0}, {"doctor", "the management API of " + b.Node + " does not answer, so only the node's own report was checked", 3},
		{"set_disk_free_limit 1000GB --yes", "changed", 0}, {"check_alarms", "CRITICAL - disk alarm on " + b.Node, 2},
		{"check_disk", "CRITICAL - disk alarm on " + b.Node, 2}, {"doctor", "set_disk_free_limit ", 2},
		{"set_disk_free_limit 50MB", "changed", 0},
	} {
		if r := ours(strings.Fields(c.line)...).exits(t, c.code); !strings.Contains(r.stdout, c.says) {
			t.Errorf("%s: %q %q", c.line, r.stdout, r.stderr)
		}
	}
	queuesWithoutAPI(t, b, env)
	b.ctl(t, "rabbitmq-plugins", "enable", "rabbitmq_management").ok(t)
}

// erlangParity compares stdout, exit code and, for plugins, the effect of official commands with those of the release's
// own tool.
func erlangParity(t *testing.T, b *broker, env []string) {
	t.Helper()
	for _, line := range []string{"set_disk_free_limit 60MB", "set_disk_free_limit mem_relative 0.01",
		"set_disk_free_limit 10TB", "set_disk_free_limit 50MB -q", "set_vm_memory_high_watermark 0.5",
		"set_vm_memory_high_watermark 2", "activate_free_disk_space_monitoring x", "set_log_level info", "set_log_level loud", "force_gc", "stop_app x",
		"eval rabbit_vhost:list().", "eval lists:seq(1,60).", "eval throw(oops).", "eval foo(", "eval a:b().",
		`eval io:format("~ts~n",[<<"hi">>]),{_1,#{a=>"b"}}. x`, "start_app", "suspend_listeners", "resume_listeners",
		"rabbitmq-upgrade drain", "rabbitmq-upgrade revive", "rabbitmq-upgrade revive x", "reset", "force_boot",
		"rabbitmq-diagnostics tls_versions", "rabbitmq-diagnostics cipher_suites --format map",
		"rabbitmq-diagnostics cipher_suites --formatter json", "rabbitmq-diagnostics os_env",
		"rabbitmq-diagnostics resolve_hostname localhost", "rabbitmq-diagnostics resolve_hostname nowhere.invalid",
		"rabbitmq-diagnostics resolver_info", "rabbitmq-diagnostics discover_peers",
		"rabbitmq-plugins list", "rabbitmq-plugins list -E -v", "rabbitmq-plugins list -e", "rabbitmq-plugins list -s shovel",
		"rabbitmq-plugins directories", "rabbitmq-plugins directories x", "rabbitmq-plugins enable rabbitmq_management",
		"rabbitmq-plugins enable", "rabbitmq-plugins disable nonesuch", "rabbitmq-plugins enable --all x",
		"rabbitmq-diagnostics erlang_cookie_hash", "list_unresponsive_queues name", "rabbitmq-diagnostics log_tail -N 3"} {
		if !strings.HasPrefix(line, "rabbitmq-") {
			line = "rabbitmqctl " + line
		}
		b.sameAsTool(t, env, line)
	}
	pluginEffects(t, b, env)
}

// pluginEffects enables and disables a plugin with the release's own tool, then in the same way with rabbitctl, and
// compares the effects.
func pluginEffects(t *testing.T, b *broker, env []string) {
	t.Helper()
	lines := []string{"enable rabbitmq_top", "enable rabbitmq_top", "disable -q rabbitmq_top", "disable rabbitmq_top"}
	effects := func(tool func(args ...string) ran) []string {
		var all []string
		for _, line := range lines {
			r := tool(append([]string{"rabbitmq-plugins"}, strings.Fields(line)...)...)
			state := run(t, env, program("rabbitctl"), "list_installed_plugins", "name", "enabled", "running",
				"--match", "_top$").ok(t)
			all = append(all, fmt.Sprintf("%s: %d %s%s", line, r.code, r.stdout, state.stdout))
		}
		return all
	}
	theirs := effects(func(args ...string) ran { return b.ctl(t, args...) })
	ours := effects(func(args ...string) ran {
		return run(t, env, program("rabbitctl"), append([]string{"as"}, args...)...)
	})
	if diff := cmp.Diff(theirs, ours); diff != "" {
		t.Errorf("plugins (-real +ours):\n%s", diff)
	}
}

// sameAsTool compares stdout and exit code of command lines with those of the release's own tool.
func (b *broker) sameAsTool(t *testing.T, env []string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		args := strings.Fields(line)
		theirs := b.ctl(t, args...)
		ours := run(t, env, program("rabbitctl"), append([]string{"as"}, args...)...)
		if ours.code != theirs.code || ours.stdout != theirs.stdout {
			t.Errorf("%s: %d %q, the tool: %d %q\n%s", line, ours.code, ours.stdout, theirs.code, theirs.stdout, ours.stderr)
		}
	}
}

// erlangReads runs commands that only read, among them the streams of events and of log lines. It looks for a part of
// their output.
func erlangReads(t *testing.T, b *broker, ours func(...string) ran) {
	t.Helper()
	for line, says := range map[string]string{
		"tls_versions": "tlsv1.3\n", "cipher_suites --limit 1": "TLS_AES_256_GCM_SHA384\n",
		"os_env name --where name==\"RABBITMQ_NODENAME\"": "RABBITMQ_NODENAME\n", "resolve_hostname localhost": "127.0.0.1\n",
		"resolver_info": "hosts_file\t/etc/hosts\n", "discover_peers": "node\n", "erlang_cookie_hash": "==\n",
		"erlang_cookie_sources": "cookie_hash\t", "list_unresponsive_queues": "name\tdurable\tauto_delete\tpid\n",
		"log_tail -N 5": "[info]", "metadata_store_status": "node\traft_state\t", "maybe_stuck": "processes",
	} {
		if r := ours(strings.Fields(line)...).ok(t); !strings.Contains(r.stdout, says) {
			t.Errorf("%s: %q %q", line, r.stdout, r.stderr)
		}
	}
	hash, own := ours("erlang_cookie_hash").ok(t).stdout, ours("erlang_cookie_sources").ok(t).stdout
	if !strings.HasSuffix(own, hash) {
		t.Errorf("our cookie is %q, the node's %q", own, hash)
	}
	var streams [2]ran
	done := make(chan struct{}, len(streams))
	for i, command := range []string{"consume_event_stream", "log_tail_stream"} {
		go func() {
			defer func() { done <- struct{}{} }()
			streams[i] = ours(command, "--for", "5s")
		}()
	}
	time.Sleep(2 * time.Second) // until both have begun
	b.rabbitctl(t, "add_user", "streamed", "--generate").ok(t)
	b.rabbitctl(t, "delete_user", "streamed", "--yes").ok(t)
	for range streams {
		<-done
	}
	if out := streams[0].ok(t).stdout; !strings.Contains(out, `"event":"user.created"`) {
		t.Errorf("events %q", out)
	}
	if out := streams[1].ok(t).stdout; !strings.Contains(out, "Created user 'streamed'") {
		t.Errorf("log %q", out)
	}
}

// erlangEnd resets the node and stops it.
func erlangEnd(t *testing.T, b *broker, ours func(...string) ran, release string) {
	t.Helper()
	b.rabbitctl(t, "add_user", "lost", "--generate").ok(t)
	ours("stop_app", "--yes").ok(t)
	forced, said := 0, "changed\n"
	if release == "4.3" {
		forced, said = 69, ""
	}
	if r := ours("force_boot", "--yes").exits(t, forced); r.stdout != said {
		t.Errorf("force_boot: %q %q", r.stdout, r.stderr)
	}
	ours("force_reset", b.Node, "--yes").exits(t, forced)
	ours("reset", b.Node, "--yes").ok(t).says(t, "reset")
	ours("start_app").ok(t)
	if out := b.rabbitctl(t, "list_users", "user").ok(t).stdout; strings.Contains(out, "lost") {
		t.Errorf("users after reset: %q", out)
	}
	ours("shutdown").exits(t, 64)
	ours("stop", "--dry-run").ok(t).says(t, "os_pid")
	ours("stop", "--yes").ok(t).says(t, "stopped")
	ours("stop", "--yes").exits(t, 69)
	ours("as", "rabbitmqctl", "stop", "--idempotent").ok(t).says(t, "is no longer running\n")
}
