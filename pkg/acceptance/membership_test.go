//go:build acceptance

package acceptance

import (
	"slices"
	"strings"
	"testing"
)

// TestClusterMembership removes a node from the cluster and adds it again: with rabbitctl's own commands, and in its
// dialect of the official tool, whose output must be that of the release's own tool.
func TestClusterMembership(t *testing.T) {
	onClusters(t, func(t *testing.T, c *cluster) {
		first, third := c.nodes[0], c.nodes[2]
		env := first.overErlang(t)
		ours := func(args ...string) ran { return run(t, env, program("rabbitctl"), args...) }
		vhost := first.vhost(t, "membership")
		first.declare(t, vhost, "all", map[string]any{"x-queue-type": "quorum", "x-quorum-initial-group-size": 3})
		defer func() { // also after a failure; in t.Cleanup, run could start no command any more
			if !slices.Contains(c.members(t), third.Node) {
				ours("stop_app", "--node", third.Node, "--yes")
				ours("reset", third.Node, "--node", third.Node, "--yes")
				ours("join_cluster", first.Node, "--node", third.Node, "--reset", third.Node, "--yes")
			}
			ours("start_app", "--node", third.Node)
			eventually(t, func() (bool, string) {
				r := third.rabbitctl(t, "as", "rabbitmqctl", "await_online_nodes", "3", "-t", "5")
				return r.code == 0, r.stderr
			})
		}()
		forget := []string{"forget_cluster_node", third.Node, "--node", first.Node}
		ours(append(forget, "--yes")...).exits(t, 69)
		ours("forget_cluster_node", "nobody@localhost", "--node", first.Node, "--yes").exits(t, 65)
		ours("forget_cluster_node", "nobody@localhost", "--node", first.Node, "--yes", "--if-exists").ok(t).says(t, "absent")
		ours("forget_cluster_node", first.Node, "--node", first.Node, "--yes").exits(t, 64)
		c.alike(t, env, first, "rabbitmqctl", "forget_cluster_node", third.Node)
		c.alike(t, env, first, "rabbitmqctl", "forget_cluster_node", "nobody@localhost")
		ours("stop_app", "--node", third.Node, "--yes").ok(t)
		ours(forget...).exits(t, 64)
		if r := ours(append(forget, "--dry-run")...).ok(t); !strings.Contains(r.stdout, vhost+"\tall\tquorum\t2 members\n") {
			t.Errorf("dry run: %q %q", r.stdout, r.stderr)
		}
		if members := c.members(t); len(members) != 3 {
			t.Errorf("a dry run: %q", members)
		}
		r := ours(append(forget, "--yes")...).ok(t)
		if members := c.members(t); !strings.HasPrefix(r.stdout, "removed\n") || slices.Contains(members, third.Node) {
			t.Errorf("%q, and %q are members", r.stdout, members)
		}
		c.hasMembers(t, vhost, "all", 2)
		c.alike(t, env, first, "rabbitmqctl", "forget_cluster_node", third.Node)
		c.joins(t, env, ours)
	})
}

// joins lets the third node join again with rabbitctl's own command. Then it removes the node once more, and lets it
// join in the official dialect.
func (c *cluster) joins(t *testing.T, env []string, ours func(...string) ran) {
	t.Helper()
	first, third := c.nodes[0], c.nodes[2]
	ours("reset", third.Node, "--node", third.Node, "--yes").ok(t)
	join := []string{"join_cluster", first.Node, "--node", third.Node}
	c.alike(t, env, third, "rabbitmqctl", "join_cluster", third.Node)
	ours(append(join, "--yes")...).exits(t, 64)
	ours(append(join, "--yes", "--reset", first.Node)...).exits(t, 64)
	ours("join_cluster", "nobody@localhost", "--node", third.Node, "--reset", third.Node, "--yes").exits(t, 69)
	ours(append(join, "--dry-run")...).ok(t)
	ours(append(join, "--yes", "--reset", third.Node)...).ok(t).says(t, "joined", third.Node)
	ours(append(join, "--yes")...).ok(t).says(t, "unchanged")
	if third.Release == "3.10" {
		c.alike(t, env, third, "rabbitmqctl", "join_cluster", first.Node)
		ours("change_cluster_node_type", "ram", "--node", third.Node).ok(t).says(t, "changed")
		c.alike(t, env, third, "rabbitmqctl", "change_cluster_node_type", "ram")
		run(t, env, program("rabbitctl"), "as", "rabbitmqctl", "-n", third.Node, "change_cluster_node_type", "disc").ok(t)
		ours("change_cluster_node_type", "disc", "--node", third.Node).ok(t).says(t, "unchanged")
	} else {
		ours("force_standalone_khepri_boot", third.Node, "--node", third.Node).exits(t, 64)
		ours("force_standalone_khepri_boot", first.Node, "--node", third.Node, "--yes").exits(t, 64)
	}
	ours("start_app", "--node", third.Node).ok(t)
	if members := c.members(t); !slices.Contains(members, third.Node) {
		t.Errorf("%q are members", members)
	}
	c.alike(t, env, third, "rabbitmqctl", "wait", "--pid", "1")
	run(t, env, program("rabbitctl"), "as", "rabbitmqctl", "-n", third.Node, "stop_app").ok(t)
	run(t, env, program("rabbitctl"), "as", "rabbitmqctl", "-n", first.Node, "forget_cluster_node", third.Node).ok(t)
	run(t, env, program("rabbitctl"), "as", "rabbitmqctl", "-n", third.Node, "reset").ok(t)
	run(t, env, program("rabbitctl"), "as", "rabbitmqctl", "-n", third.Node, "join_cluster", first.Node).ok(t)
	run(t, env, program("rabbitctl"), "as", "rabbitmqctl", "-n", third.Node, "start_app").ok(t)
}

// members returns the nodes of the cluster, as the release's own tool lists them on the first node.
func (c *cluster) members(t *testing.T) []string {
	t.Helper()
	code := "rabbit_nodes:list_members()."
	if c.nodes[0].Release == "3.10" {
		code = "rabbit_mnesia:cluster_nodes(all)."
	}
	out := c.tool(t, c.nodes[0], "rabbitmqctl", "eval", code).ok(t).stdout
	return strings.FieldsFunc(out, func(r rune) bool { return strings.ContainsRune("[]',\n ", r) })
}

// alike runs a command of the official tool args[0] with rabbitctl and with the release's own tool, and compares stdout
// and exit codes.
func (c *cluster) alike(t *testing.T, env []string, node *broker, args ...string) {
	t.Helper()
	theirs := c.tool(t, node, args...)
	our := run(t, env, program("rabbitctl"), append([]string{"as", args[0], "-n", node.Node}, args[1:]...)...)
	if our.code != theirs.code || our.stdout != theirs.stdout {
		t.Errorf("%q: %d %q, the tool: %d %q\n%s", args, our.code, our.stdout, theirs.code, theirs.stdout, our.stderr)
	}
}

// erlangPlugins enables and disables plugins, and checks the effect with the release's own tool.
func erlangPlugins(t *testing.T, b *broker, ours func(...string) ran) {
	t.Helper()
	on := func() string {
		return strings.Join(b.ctl(t, "rabbitmq-plugins", "-s", "list", "-E", "-m",
			"^rabbitmq_(top|tracing)$").ok(t).lines(), " ")
	}
	for _, c := range []struct {
		line, says string
		code       int
		on         string
	}{
		{line: "enable_plugins rabbitmq_top --dry-run", says: "rabbitmq_top\tstarted\n"},
		{line: "enable_plugins nonesuch", code: 65}, {line: "enable_plugins", code: 64},
		{line: "enable_plugins rabbitmq_top rabbitmq_tracing", says: "rabbitmq_top\tstarted\n",
			on: "rabbitmq_top rabbitmq_tracing"},
		{line: "enable_plugins rabbitmq_top", says: "unchanged", on: "rabbitmq_top rabbitmq_tracing"},
		{line: "list_installed_plugins name enabled running --match ^rabbitmq_top", says: "rabbitmq_top\texplicit\ttrue\n",
			on: "rabbitmq_top rabbitmq_tracing"},
		{line: "disable_plugins rabbitmq_top", code: 64, on: "rabbitmq_top rabbitmq_tracing"},
		{line: "disable_plugins rabbitmq_top --yes", says: "rabbitmq_top\tstopped\n", on: "rabbitmq_tracing"},
		{line: "disable_plugins rabbitmq_top --yes", says: "unchanged", on: "rabbitmq_tracing"},
		{line: "disable_plugins rabbitmq_tracing --yes", says: "changed"},
		{line: "set_plugins", code: 64}, {line: "set_plugins rabbitmq_top", code: 64},
		{line: "set_plugins rabbitmq_shovel --dry-run", says: "rabbitmq_management\tstopped\n"},
		{line: "plugin_directories", says: "enabled_plugins_file\t/"},
	} {
		r := ours(strings.Fields(c.line)...).exits(t, c.code)
		if !strings.Contains(r.stdout, c.says) {
			t.Errorf("%s: %q %q", c.line, r.stdout, r.stderr)
		}
		if is := on(); is != c.on {
			t.Errorf("%s: then %q are enabled, want %q", c.line, is, c.on)
		}
	}
	// A plugin whose port is in use does not start. Then rabbitctl must leave the file of enabled plugins as it was:
	// otherwise the node would not boot again.
	port := b.URL[strings.LastIndexByte(b.URL, ':')+1:]
	ours("eval", "application:load(rabbitmq_stomp), application:set_env(rabbitmq_stomp, tcp_listeners, ["+port+"]).").ok(t)
	was := ours("list_installed_plugins", "name", "enabled").ok(t).stdout
	r := ours("enable_plugins", "rabbitmq_stomp").exits(t, 69)
	if is := ours("list_installed_plugins", "name", "enabled").ok(t).stdout; is != was ||
		!strings.Contains(r.stderr, "plugin rabbitmq_stomp does not start") {
		t.Errorf("%q, and then %q", r.stderr, is)
	}
	ours("eval", "application:unset_env(rabbitmq_stomp, tcp_listeners).").ok(t)
}
