//go:build acceptance

package acceptance

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestCluster takes a cluster of three nodes through several states, on the oldest release and on the newest: all is
// well, another node has an alarm, the majority is lost, a node hangs and comes back. The checks must report each
// state.
func TestCluster(t *testing.T) {
	onClusters(t, func(t *testing.T, c *cluster) {
		vhost := c.replicated(t)
		t.Run("well", func(t *testing.T) { clusterIsWell(t, c, vhost) })
		t.Run("alarm on another node", func(t *testing.T) { alarmOnAnotherNode(t, c) })
		t.Run("memory alarm on another node", func(t *testing.T) { memoryAlarmElsewhere(t, c) })
		t.Run("majority lost", func(t *testing.T) { majorityLost(t, c, vhost) })
		t.Run("node frozen", func(t *testing.T) { nodeFrozen(t, c, vhost) })
	})
}

// onClusters runs a test on a cluster of each release except 4.0. A cluster takes half a minute to start, and one of
// 4.0 behaves partly as one of 3.10 and partly as one of 4.3.
func onClusters(t *testing.T, test func(t *testing.T, c *cluster)) {
	t.Helper()
	for _, release := range options.releases {
		if release == "4.0" {
			continue
		}
		t.Run(release, func(t *testing.T) {
			t.Parallel()
			requireRelease(t, release)
			test(t, onCluster(t, release))
		})
	}
}

// requireRelease boots the shared brokers unless they are booted. It fails the test if a release is missing that the
// suite must have (see mustHave), even if that is not the given release. Otherwise it skips the test if the given
// release is missing, as onEach does.
func requireRelease(t *testing.T, release string) {
	t.Helper()
	running.once.Do(func() { boot(options.releases) })
	if running.err != nil {
		t.Fatal(running.err)
	}
	if err := running.missing[release]; err != nil {
		t.Skipf("!!! RabbitMQ %s could not be had: %v", release, err)
	}
}

// official requests one of the broker's own health checks and returns the HTTP status.
func (b *broker) official(t *testing.T, check string) int {
	t.Helper()
	status, _ := b.api(t, "GET", "/health/checks/"+check, nil)
	return status
}

// clusterIsWell: queues with a single member make the broker's own check fail for ever, but not check_quorum and
// check_if_node_is_quorum_critical of rabbitctl.
func clusterIsWell(t *testing.T, c *cluster, vhost string) {
	first := c.nodes[0]
	if status := first.official(t, "node-is-quorum-critical"); status != 503 {
		t.Errorf("node-is-quorum-critical: %d; it no longer fails for queues with a single member", status)
	}
	first.rabbitctl(t, "check_quorum", "-p", vhost).ok(t).says(t, "OK - 4 quorum queues and streams: all members online",
		"2 queues with a single member", "q1 in "+vhost)
	first.rabbitctl(t, "check_quorum", "-p", vhost, "--min-members", "3").exits(t, 1).says(t, "1 of at least 3 members")
	first.rabbitctl(t, "check_quorum", "-p", vhost, "--match", "nowhere").exits(t, 3).
		says(t, "UNKNOWN - no quorum queue and no stream in virtual host")
	first.rabbitctl(t, "check_quorum", "-p", "no such vhost").exits(t, 3).says(t, "does not exist")
	blind, password := first.user(t, "monitoring")
	run(t, []string{"RABBITCTL_URL=" + strings.Replace(first.URL, "guest:guest", blind+":"+password, 1)},
		program("rabbitctl"), "check_quorum").
		exits(t, 3).says(t, "no access to any virtual host")

	for _, n := range c.nodes {
		n.rabbitctl(t, "cluster_status", "--ask-every-node").ok(t).says(t, "3 of 3 nodes running, as each of them reports",
			"reports of 3 of 3 nodes")
	}
	for _, purpose := range []string{"liveness", "readiness", "pager", "upgrade"} {
		first.rabbitctl(t, "check_node", "--for", purpose).ok(t)
	}
	first.rabbitctl(t, "check_node", "--for", "upgrade").ok(t).says(t, "with a single member, on "+first.Node)
	first.rabbitctl(t, "check_if_node_is_quorum_critical").ok(t).says(t, "q1 in "+vhost)
	// About another node, the first node knows only the members that the listing of queues names.
	first.rabbitctl(t, "check_node", "--for", "upgrade", "--node", c.nodes[1].Node).ok(t).
		says(t, "only where "+c.nodes[1].Node+" itself is asked")
	first.rabbitctl(t, "check_feature_flags").ok(t)
	first.rabbitctl(t, "stream_status", "s3", "-p", vhost, "node", "role", "--where", "online").ok(t).
		says(t, "\tleader\n", "\treplica\n", c.nodes[0].Node, c.nodes[1].Node, c.nodes[2].Node)
	first.rabbitctl(t, "is_enabled", "rabbitmq_management").ok(t).says(t, "on all 3 nodes")
	first.rabbitctl(t, "log_location").ok(t).says(t, c.nodes[0].Node+"\t/", c.nodes[1].Node+"\t/", c.nodes[2].Node+"\t/")
	first.rabbitctl(t, "wait_for", "list_nodes where running", "--count", "3", "--timeout", "5m").ok(t)
}

// alarmOnAnotherNode: the checks name the other node, although the asked node's own check says ok. The nodes stay ready
// for clients, and the pager check is CRITICAL.
func alarmOnAnotherNode(t *testing.T, c *cluster) {
	first, other := c.nodes[0], c.nodes[1]
	c.tool(t, other, "rabbitmqctl", "set_disk_free_limit", "1000GB").ok(t)
	t.Cleanup(func() { afterwards(t, c.target(other), "rabbitmqctl", "set_disk_free_limit", diskLimit) })
	first.awaitAlarm(t, true)
	if status := first.official(t, "local-alarms"); status != 200 {
		t.Errorf("local-alarms of the node without the alarm: %d", status)
	}
	first.rabbitctl(t, "check_alarms").exits(t, 2).says(t, "disk alarm on "+other.Node)
	first.rabbitctl(t, "cluster_status").exits(t, 2).says(t, "disk alarm on "+other.Node)
	first.rabbitctl(t, "check_node", "--for", "pager").exits(t, 2).says(t, "disk alarm on "+other.Node)
	for _, n := range []*broker{first, other} {
		n.rabbitctl(t, "check_node", "--for", "liveness").ok(t)
		n.rabbitctl(t, "check_node", "--for", "readiness").ok(t).
			says(t, "alarms are not part of readiness (consumers must be able to connect and drain)")
	}
	first.rabbitctl(t, "check_node", "--for", "readiness", "--with-alarms").ok(t)
	first.rabbitctl(t, "check_node", "--for", "readiness", "--with-alarms", "--node", other.Node).exits(t, 2).
		says(t, "disk alarm on "+other.Node)
	first.rabbitctl(t, "check_node", "--for", "upgrade").ok(t)
	first.rabbitctl(t, "await_ready", "--node", other.Node).ok(t)
}

// majorityLost: two of three nodes are stopped. check_quorum must be CRITICAL, although three of the broker's own
// checks (alarms, local-alarms and virtual-hosts) still answer 200 while publishes are not confirmed.
func majorityLost(t *testing.T, c *cluster, vhost string) {
	first := c.nodes[0]
	t.Cleanup(func() { c.heal(t) })
	c.stopApp(t, c.nodes[1], c.nodes[2])
	for _, check := range []string{"alarms", "local-alarms", "virtual-hosts"} {
		if status := first.official(t, check); status != 200 {
			t.Errorf("%s: %d; the broker's own check notices now", check, status)
		}
	}
	r := first.devbroker(t, "publish", "-p", vhost, "--queue=q3", "--count", "1", "--confirm", "--confirm-timeout", "2s").
		exits(t, 75)
	r.says(t, "unconfirmed 1")
	// Right after the stop, the listing may still count stopped members as online. The verdict must be the same then and
	// after the listing has caught up.
	for range 2 {
		first.rabbitctl(t, "check_quorum", "-p", vhost).exits(t, 2).
			says(t, "2 quorum queues and streams cannot accept messages", "q3 in "+vhost+" (1 of 3 members online)",
				"s3 in "+vhost+" (1 of 3 members online)", "nodes not running: "+c.nodes[1].Node+", "+c.nodes[2].Node,
				"say ok: alarms, local-alarms, virtual-hosts", "a publish that timed out may still be stored")
		eventually(t, func() (bool, string) {
			q := get[struct {
				Online []string `json:"online"`
			}](t, first, path("queues", vhost, "q3"))
			return len(q.Online) == 1, strings.Join(q.Online, " ")
		})
	}
	// 3.10 itself calls the state of such a queue running.
	first.rabbitctl(t, "show_queue", "q3", "-p", vhost).ok(t).says(t, "state\tminority")
	first.rabbitctl(t, "delete_queue", "q3", "-p", vhost, "--dry-run").ok(t).says(t, "state\tminority")
	first.rabbitctl(t, "list_stuck", "-p", vhost, "--sample", "5s", "queue", "class").exits(t, 75).
		says(t, "q3\tno-majority")
	// The statistics still name the stopped nodes among the online members of the stream.
	if got := first.rabbitctl(t, "stream_status", "s3", "-p", vhost, "node", "--where", "online", "--no-table-headers").
		ok(t).stdout; got != first.Node+"\n" {
		t.Errorf("online by stream_status: %q", got)
	}
	first.rabbitctl(t, "is_enabled", "rabbitmq_management").exits(t, 3).says(t, "unknown on nodes that do not run: "+
		c.nodes[1].Node)
	first.rabbitctl(t, "log_location").ok(t).says(t, first.Node+"\t/", c.nodes[1].Node+"\t\n")
	both := c.nodes[1].Node + ", " + c.nodes[2].Node + " are not running" // one finding for both
	first.rabbitctl(t, "check_node", "--for", "pager").exits(t, 2).says(t, both, "cannot accept messages")
	first.rabbitctl(t, "check_nodes").exits(t, 2).says(t, both)
	if r := first.rabbitctl(t, "alarms").exits(t, 75); !strings.Contains(r.stderr, c.nodes[1].Node) {
		t.Errorf("alarms says %s", r.stderr)
	}
	first.rabbitctl(t, "check_node", "--for", "readiness").ok(t)
	first.rabbitctl(t, "check_node", "--for", "upgrade").exits(t, 2)
	first.rabbitctl(t, "check_if_node_is_quorum_critical").exits(t, 2).says(t, "q3 in "+vhost)

	// A node whose application is stopped is not ready, whichever node is asked.
	stopped := c.nodes[1]
	stopped.rabbitctl(t, "check_node", "--for", "readiness").exits(t, 2)
	stopped.rabbitctl(t, "check_node", "--for", "liveness").exits(t, 2)
	first.rabbitctl(t, "check_node", "--for", "readiness", "--node", stopped.Node).exits(t, 2).
		says(t, "the application of "+stopped.Node+" is not running")
	if r := stopped.rabbitctl(t, "await_ready", "--timeout", "5s").exits(t, 75); !strings.Contains(r.stderr,
		"is not ready after 5s: nothing listens at") {
		t.Errorf("await_ready says:\n%s", r.stderr)
	}
	r = first.rabbitctl(t, "cluster_status", "--ask-every-node", "--node-url", stopped.Node+"="+withoutUser(stopped.URL),
		"-o", "json").exits(t, 2)
	wanted := "node-not-running"
	if first.Release != "3.10" { // whose metadata store goes on without a majority
		wanted += " metadata-majority-lost"
	}
	if rules := rulesOf(t, r); strings.Join(rules, " ") != wanted {
		t.Errorf("findings: %v", rules)
	}
	r.says(t, both, "connection refused")
	if r := first.rabbitctl(t, "wait_for", "list_nodes where running", "--count", "3", "--timeout", "8s").
		exits(t, 75); !strings.Contains(r.stderr, "1 of 3 nodes") {
		t.Errorf("wait_for says:\n%s", r.stderr)
	}

	// await_ready waits for the node until it has booted.
	waiting := start(t, "env", "RABBITCTL_URL="+stopped.URL, program("rabbitctl"), "await_ready", "--timeout", "5m")
	c.startApp(t, c.nodes[1], c.nodes[2])
	waiting.says(t, "ready: "+stopped.Node)
	first.rabbitctl(t, "wait_for", "list_nodes where running", "--count", "3", "--timeout", "5m").ok(t)
}

// nodeFrozen: a node hangs and then continues. With Mnesia the cluster is split after that, and the nodes contradict
// each other; with Khepri the cluster becomes whole again.
func nodeFrozen(t *testing.T, c *cluster, vhost string) {
	first, frozen := c.nodes[0], c.nodes[2]
	t.Cleanup(func() { c.heal(t) })
	everyNode := []string{"cluster_status", "--ask-every-node", "-o", "json"}
	for _, n := range c.nodes {
		if n != first {
			everyNode = append(everyNode, "--node-url", n.Node+"="+withoutUser(n.URL))
		}
	}
	c.awaitQuorum(t, vhost)
	c.freeze(t, frozen)
	awaitLost(t, first, frozen)
	eventually(t, func() (bool, string) {
		// While the members elect a new leader, the statistics count too few members.
		r := first.rabbitctl(t, "check_quorum", "-p", vhost)
		return r.code == 1 && strings.Contains(r.stdout, "cannot lose one more member") && strings.Contains(r.stdout,
			"2 of 3 members online"), r.stdout
	})
	first.rabbitctl(t, "check_queues", "-p", vhost, "--max-ready", "1000000", "--timeout", "45").exits(t, 3).
		says(t, frozen.Node+" is not running")
	frozen.rabbitctl(t, "check_node", "--for", "liveness", "--timeout", "2s").exits(t, 2).says(t, "did not answer in time")
	if rules := rulesOf(t, first.rabbitctl(t, everyNode...).exits(t, 2)); strings.Join(rules, " ") != "node-not-running" {
		t.Errorf("findings while a node is frozen: %v", rules)
	}
	c.thaw(t, frozen)
	if release := first.Release; release != "3.10" {
		eventually(t, func() (bool, string) {
			word := c.broken()
			return word == "", word
		})
		first.rabbitctl(t, everyNode...).ok(t)
		c.awaitQuorum(t, vhost)
		return
	}
	// The nodes contradict each other at once, but they report the partition only later.
	r := ran{}
	eventually(t, func() (bool, string) {
		r = first.rabbitctl(t, everyNode...)
		return r.code == 2 && strings.Contains(r.stdout, "each says that the other is not running"), r.stdout + r.stderr
	})
	for _, n := range c.nodes[:2] {
		r.says(t, n.Node+" and "+frozen.Node+" disagree")
	}
	for _, n := range c.nodes {
		if status := n.official(t, "alarms"); status != 200 {
			t.Errorf("alarms on %s: %d", n.Node, status)
		}
		// In a split cluster, no node's figures of queues are reliable, so the check must not judge them.
		n.rabbitctl(t, "check_queues", "-p", vhost, "--max-ready", "1000000", "--timeout", "45").exits(t, 3).
			says(t, "UNKNOWN - ")
	}
	for _, n := range c.nodes {
		eventually(t, func() (bool, string) {
			r = n.rabbitctl(t, "check_quorum", "-p", vhost)
			return r.code == 3 && strings.Contains(r.stdout, "the cluster is split"), r.stdout
		})
		r.says(t, "UNKNOWN - the cluster is split", frozen.Node)
		n.rabbitctl(t, "check_node", "--for", "pager").exits(t, 2).says(t, "were cut off from each other")
		n.rabbitctl(t, "check", "--all").exits(t, 2).says(t, "CRITICAL - check_nodes: ", "were cut off from each other")
	}
}

// awaitQuorum waits until the statistics count all members as online again.
func (c *cluster) awaitQuorum(t *testing.T, vhost string) {
	t.Helper()
	eventually(t, func() (bool, string) {
		r := c.nodes[0].rabbitctl(t, "check_quorum", "-p", vhost)
		return r.code == 0, r.stdout
	})
}

// rulesOf returns the rules of all findings in the JSON output, in the order of the report. A rule has the name of its
// help page, without "rabbitctl help ".
func rulesOf(t *testing.T, r ran) []string {
	t.Helper()
	var report struct {
		Findings []struct {
			Page string `json:"page"`
		} `json:"findings"`
	}
	if err := json.Unmarshal([]byte(r.stdout), &report); err != nil {
		t.Fatalf("%v\n%s", err, r.stdout)
	}
	var rules []string
	for _, f := range report.Findings {
		rules = append(rules, strings.TrimPrefix(f.Page, "rabbitctl help "))
	}
	return rules
}

func withoutUser(url string) string { return strings.Replace(url, "guest:guest@", "", 1) }
