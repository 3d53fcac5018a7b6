//go:build acceptance

package acceptance

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// sameQueues compares a listing that nodes answer over Erlang distribution with that of the release's own tool. Neither
// has a fixed order of rows.
func (b *broker) sameQueues(t *testing.T, env []string, line string) {
	t.Helper()
	args := strings.Fields(line)
	theirs := b.ctl(t, append([]string{"rabbitmqctl"}, args...)...)
	words := append([]string{"as", "rabbitmqctl", "-n", b.Node}, args...)
	ours := run(t, env, program("rabbitctl"), append(words, "-t", "60")...)
	if ours.code != theirs.code || !slices.Equal(sorted(ours.stdout), sorted(theirs.stdout)) {
		t.Errorf("%s: %d %q\n%s\nthe tool: %d %q\n%s", line, ours.code, ours.stdout, ours.stderr, theirs.code,
			theirs.stdout, theirs.stderr)
	}
}

// sorted returns the lines of a listing, or its JSON objects, in a fixed order. The tool of 4.3 writes the members of
// an object in an order that its Erlang chooses, so each object is encoded again.
func sorted(text string) []string {
	var objects []map[string]any
	if json.Unmarshal([]byte(text), &objects) == nil {
		text = ""
		for _, o := range objects {
			one, _ := json.Marshal(o)
			text += string(one) + "\n"
		}
	}
	lines := splitLines(text)
	slices.Sort(lines)
	return lines
}

// queuesByNodes compares list_queues of rabbitctl as rabbitmqctl with the real tool. If -n and a cookie are given, the
// nodes themselves answer rabbitctl.
func queuesByNodes(t *testing.T, b *broker, env []string) {
	t.Helper()
	const vhost = "by-nodes"
	b.do(t, "PUT", path("vhosts", vhost), nil)
	b.do(t, "PUT", path("permissions", vhost, "guest"), map[string]any{"configure": ".*", "write": ".*", "read": ".*"})
	b.ctl(t, "rabbitmqctl", "set_policy", "-p", vhost, "short", "^c", `{"max-length":1000}`).ok(t)
	b.declare(t, vhost, "classic", map[string]any{"x-max-priority": 3})
	b.declare(t, vhost, "ü b", nil)
	b.declare(t, vhost, "quorum", map[string]any{"x-queue-type": "quorum"})
	b.declare(t, vhost, "stream", map[string]any{"x-queue-type": "stream"})
	b.publish(t, vhost, "classic", "--count=7")
	for _, columns := range []string{"", "name messages state type policy",
		"name arguments durable auto_delete leader members online",
		"name pid owner_pid exclusive exclusive_consumer_pid exclusive_consumer_tag disk_reads",
		"name messages_ready messages_unacknowledged messages_ram messages_persistent message_bytes consumers consumer_capacity",
		"name operator_policy effective_policy_definition", "name slave_pids", "name synchronised_slave_pids", "name bogus",
		"name arguments messages --formatter json", "name type --formatter pretty_table", "name messages --formatter csv",
		"name --local", "name --offline", "name --online -q", "name --online --offline -s", "name --no-table-headers",
		"name,messages", "-p nowhere", "messages name,name"} {
		b.sameQueues(t, env, "list_queues -p "+vhost+" "+columns)
	}
	// Without a cookie in the environment, or without -n, rabbitctl uses the HTTP API.
	plain := []string{"list_queues", "-p", vhost, "name"}
	for _, args := range [][]string{plain, append([]string{"-n", b.Node}, plain...)} {
		var kept []string
		for _, e := range env {
			if args[0] != "-n" || !strings.HasPrefix(e, "RABBITCTL_ERLANG_COOKIE") {
				kept = append(kept, e)
			}
		}
		kept = append(kept, "RABBITCTL_TRACE=true")
		r := run(t, kept, program("rabbitctl"), append([]string{"as", "rabbitmqctl"}, args...)...)
		if r.code != 0 || strings.Contains(r.stderr, "erlang: ") {
			t.Errorf("%q: exit %d\n%s", args, r.code, r.stderr)
		}
	}
	b.do(t, "DELETE", path("vhosts", vhost), nil)
}

// queuesWithoutAPI: where the HTTP API is off, the nodes answer list_queues.
func queuesWithoutAPI(t *testing.T, b *broker, env []string) {
	t.Helper()
	theirs := b.ctl(t, "rabbitmqctl", "list_queues", "name", "state").ok(t).stdout
	ours := run(t, env, program("rabbitctl"), "as", "rabbitmqctl", "list_queues", "name", "state").ok(t).stdout
	if !slices.Equal(sorted(ours), sorted(theirs)) {
		t.Errorf("%q, the tool: %q", ours, theirs)
	}
}

// TestCluster_queuesByNodes: each running node lists its own queues, and one of them also lists those of stopped nodes.
func TestCluster_queuesByNodes(t *testing.T) {
	onClusters(t, func(t *testing.T, c *cluster) {
		vhost := c.replicated(t)
		one, three := c.nodes[0], c.nodes[2]
		env := one.overErlang(t)
		for _, n := range c.nodes {
			n.declare(t, vhost, "on-"+n.Node, nil)
		}
		for _, columns := range []string{"name messages state type leader members", "name pid", "name --local",
			"name --online"} {
			one.sameQueues(t, env, "list_queues -p "+vhost+" "+columns)
		}
		c.stopApp(t, three)
		for _, columns := range []string{"name", "name state type messages", "name --offline", "name --online"} {
			one.sameQueues(t, env, "list_queues -p "+vhost+" "+columns)
		}
	})
}
