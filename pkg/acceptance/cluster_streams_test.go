//go:build acceptance

package acceptance

import (
	"fmt"
	"strings"
	"testing"
)

// TestClusterStreamMembers changes the replicas and leaders of streams and queues over Erlang distribution. It also
// compares stdout and exit code of official commands with those of the release's own tools.
func TestClusterStreamMembers(t *testing.T) {
	t.Parallel()
	onClusters(t, func(t *testing.T, c *cluster) {
		first := c.nodes[0]
		env := strings.Fields(run(t, nil, program("devbroker"), "env", c.target(first)).ok(t).stdout)
		own := strings.NewReplacer("NODE1", first.Node, "NODE2", c.nodes[1].Node, "NODE3", c.nodes[2].Node)
		vhost := first.vhost(t, "members")
		for name, kind := range map[string]string{"one": "stream", "three": "stream", "q": "quorum", "c": "classic"} {
			args := map[string]any{"x-queue-type": kind}
			if name == "one" {
				args["x-initial-cluster-size"] = 1
			}
			first.declare(t, vhost, name, args)
		}
		first.publish(t, vhost, "q", "--count", "2")
		old := !strings.HasPrefix(first.Version, "4")
		ours := func(line string) ran {
			return run(t, env, program("rabbitctl"), append(strings.Fields(own.Replace(line)), "--no-color")...)
		}
		streamChanges(t, c, vhost, old, ours)
		for _, line := range officialMembers(old) {
			args := append(strings.Fields(own.Replace(line)), "-p", vhost)
			theirs, our := c.tool(t, first, args...), run(t, env, program("rabbitctl"), append([]string{"as"}, args...)...)
			if our.code != theirs.code || our.stdout != theirs.stdout {
				t.Errorf("%s: %d %q, the tool: %d %q\n%s", line, our.code, our.stdout, theirs.code, theirs.stdout, our.stderr)
			}
		}
	})
}

// streamChanges runs rabbitctl's own commands. It covers changes, their repetition, dry runs, refused changes and
// absent objects.
func streamChanges(t *testing.T, c *cluster, vhost string, old bool, ours func(string) ran) {
	t.Helper()
	since := func(new int) int {
		if old {
			return 69
		}
		return new
	}
	group := `P = spawn(fun() -> timer:sleep(60000) end), [rabbit_stream_sac_coordinator:register_consumer(<<"%[1]s">>, <<"three">>, -1, ` +
		`<<"g">>, P, <<"a -> b">>, I) || I <- [0,1]], {ok,L} = rabbit_stream_manager:lookup_leader(<<"%[1]s">>, <<"three">>), ` +
		`osiris:write_tracking(L, <<"app">>, {offset,5}), timer:sleep(500).`
	if !old {
		c.tool(t, c.nodes[0], "rabbitmqctl", "eval", fmt.Sprintf(group, vhost)).ok(t)
	}
	for _, l := range []struct {
		line, says string
		code       int
	}{
		{"add_replica one nowhere@localhost", "", 65}, {"add_replica q NODE2", "", 65},
		{"peek_queue q", "payload\t", 0}, {"peek_queue q 2", "position\t2", 0}, {"peek_queue q 3", "", 65},
		{"peek_queue c", "", 65}, {"list_queues name messages_unacknowledged --match ^q$", "q\t0", 0},
		{"reclaim_quorum_memory q", "started", 0}, {"reclaim_quorum_memory c", "", 65},
		{"force_checkpoint --queue-pattern ^q$ --vhost-pattern VHOST", "started", since(0)},
		{"sync_queue c --yes", "", 69}, {"sync_queue c", "", map[bool]int{true: 64, false: 69}[old]},
		{"sync_queue nope --yes", "", 65}, {"transfer_leadership q nowhere", "", 65}, {"transfer_leadership c NODE1", "", 65},
		{"restart_stream three", "", since(64)}, {"restart_stream three --dry-run", "leader\t", since(0)},
		{"restart_stream three --yes", "restarted\nleader\t", since(0)}, {"restart_stream q --yes", "", 65},
		{"reset_offset three app", "", 64}, {"reset_offset three none --yes", "", since(65)},
		{"reset_offset three app --yes", "", since(0)}, {"reset_offset three app --yes", "", since(0)},
		{"coordinator_status node", c.nodes[1].Node, since(0)},
		{"list_stream_consumer_groups", "three\tg\t-1\t2\n", since(0)},
		{"list_stream_group_consumers three g", "0\ta -> b\tactive", since(0)},
		{"list_stream_group_consumers three none", "", since(65)},
		{"activate_stream_consumer three g", "unchanged", since(0)}, {"activate_stream_consumer three none", "", since(65)},
	} {
		line := strings.ReplaceAll(l.line, "VHOST", "^"+vhost+"$")
		if !strings.HasPrefix(line, "force_checkpoint") && !strings.HasPrefix(line, "coordinator_status") {
			line += " -p " + vhost
		}
		if r := ours(line); r.code != l.code || r.code == 0 && !strings.Contains(r.stdout, l.says) {
			t.Errorf("%s: exit %d, want %d: %q %q", line, r.code, l.code, r.stdout, r.stderr)
		}
		if strings.HasPrefix(line, "restart_stream three --yes") && !old {
			// The new leader answers some moments after the restart.
			eventually(t, func() (bool, string) {
				r := ours("list_stream_tracking three -p " + vhost)
				return r.code == 0, r.stderr
			})
		}
	}
	if old {
		ours("cancel_sync_queue c -p "+vhost).ok(t).says(t, "unchanged")
	}
	// The broker chose the node of the only replica, so the test looks it up.
	one := ours("list_queues leader --match ^one$ --no-table-headers -p " + vhost).ok(t).stdout
	home, other := strings.TrimSpace(one), ""
	for _, n := range c.nodes {
		if n.Node != home {
			other = n.Node
		}
	}
	moveLeaders(t, vhost, home, other, since(64), ours)
}

// moveLeaders adds a replica to a stream that has one, moves leaders and deletes replicas. The parameter asks is the
// exit code of a command that would move a stream's leader, without --yes. If the release can move the leader, that is
// the code for a missing confirmation, and otherwise the code for a command that the release does not offer.
func moveLeaders(t *testing.T, vhost, home, other string, asks int, ours func(string) ran) {
	t.Helper()
	own := strings.NewReplacer("HOME", home, "OTHER", other, "VHOST", "^"+vhost+"$")
	type step struct {
		line, says string
		code       int
	}
	try := func(steps ...step) {
		t.Helper()
		for _, s := range steps {
			line := own.Replace(s.line)
			if strings.HasSuffix(line, " -p") {
				line += " " + vhost
			}
			if r := ours(line); r.code != s.code || !strings.Contains(r.stdout, own.Replace(s.says)) {
				t.Errorf("%s: exit %d, want %d: %q %q", line, r.code, s.code, r.stdout, r.stderr)
			}
		}
	}
	try([]step{
		{"add_replica one OTHER --dry-run -p", "leader\tHOME\nmembers\t[HOME]\n", 0}, {"add_replica one OTHER -p", "added", 0},
		{"add_replica one OTHER -p", "unchanged", 0},
		{"delete_replica one OTHER -p", "", 64}, {"delete_replica one OTHER --yes -p", "deleted", 0},
		{"delete_replica one OTHER --yes -p", "", 65}, {"delete_replica one OTHER --yes --if-exists -p", "absent", 0},
		{"delete_replica one HOME --yes -p", "", 69},
		{"grow_streams OTHER all --vhost-pattern VHOST --dry-run", "\tone\t", 0},
		{"grow_streams OTHER all --vhost-pattern VHOST", "", 64},
		{"grow_streams OTHER all --vhost-pattern VHOST --yes", "one in virtual host " + vhost + "\tadded", 0},
		{"grow_streams OTHER all --vhost-pattern VHOST", "unchanged", 0}, {"grow_streams nowhere all --yes", "", 65},
	}...)
	leader := func(queue string) string {
		r := ours("list_queues leader --match ^" + queue + "$ --no-table-headers -p " + vhost).ok(t)
		return strings.TrimSpace(r.stdout)
	}
	away := func(queue string) string { // the node to which the leader can move
		if leader(queue) == home {
			return other
		}
		return home
	}
	try(step{"transfer_leadership one " + away("one") + " -p", "", asks},
		step{"shrink_streams OTHER --dry-run", "\tone\t", 0}, step{"shrink_streams nowhere --yes", "", 65},
		step{"shrink_streams OTHER", "", 64}, step{"shrink_streams OTHER --yes --keep-going", "deleted", 0},
		step{"shrink_streams OTHER --yes", "unchanged", 0})
	to := away("q")
	try(step{"transfer_leadership q " + to + " -p", "moved\nleader\t" + to + "\n", 0},
		step{"transfer_leadership q " + to + " -p", "unchanged\n", 0})
}

// officialMembers returns command lines of the official tools that change nothing, or that give the same result when
// they run twice.
func officialMembers(old bool) []string {
	lines := []string{"rabbitmq-queues peek q 1", "rabbitmq-queues peek q 1 --formatter json", "rabbitmq-queues peek q 9",
		"rabbitmq-queues peek q 0", "rabbitmq-queues peek c 1", "rabbitmq-queues peek nope 1",
		"rabbitmq-queues reclaim_quorum_memory q", "rabbitmq-diagnostics reclaim_quorum_memory c",
		"rabbitmq-streams add_replica three nowhere@localhost", "rabbitmq-streams add_replica q NODE2",
		"rabbitmq-streams add_replica nope NODE2", "rabbitmq-streams add_replica three NODE2",
		"rabbitmq-streams delete_replica c NODE2", "rabbitmq-streams delete_replica nope NODE2"}
	if old {
		return append(lines, "rabbitmqctl sync_queue c", "rabbitmqctl sync_queue q", "rabbitmqctl cancel_sync_queue c",
			"rabbitmqctl cancel_sync_queue nope", "rabbitmq-streams set_stream_retention_policy three 1h",
			"rabbitmq-streams set_stream_retention_policy nope 1h", "rabbitmq-upgrade await_online_synchronized_mirror")
	}
	return append(lines, "rabbitmq-queues force_checkpoint --queue-pattern zz",
		"rabbitmq-queues force_checkpoint --errors-only", "rabbitmq-queues transfer_leadership nope NODE2",
		"rabbitmq-queues transfer_leadership c NODE2", "rabbitmq-queues transfer_leadership q nowhere",
		"rabbitmq-streams transfer_leadership q NODE2", "rabbitmq-streams transfer_leadership nope NODE2",
		"rabbitmq-streams restart_stream c", "rabbitmq-streams restart_stream nope",
		"rabbitmq-streams grow nowhere all", "rabbitmq-streams grow NODE2 odd", "rabbitmq-streams shrink nowhere",
		"rabbitmq-streams list_stream_consumer_groups", "rabbitmqctl list_stream_consumer_groups bogus",
		"rabbitmq-streams list_stream_group_consumers --stream three --reference g",
		"rabbitmq-streams list_stream_group_consumers --stream three --reference none",
		"rabbitmq-streams reset_offset --stream three --reference none", "rabbitmq-streams reset_offset --stream nope --reference x",
		"rabbitmq-streams activate_stream_consumer --stream three --reference none",
		"rabbitmqctl activate_stream_consumer --stream three --reference g")
}
