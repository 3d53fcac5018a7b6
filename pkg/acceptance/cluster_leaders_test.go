//go:build acceptance

package acceptance

import (
	"fmt"
	"strings"
	"testing"
)

// TestClusterLeaders puts all leaders on one node, as a rolling restart does. list_leaders must say how many leaders each
// node has, before and after a rebalance. The surplus stays empty: with -p it is not known.
func TestClusterLeaders(t *testing.T) {
	onClusters(t, func(t *testing.T, c *cluster) {
		first := c.nodes[0]
		vhost := first.vhost(t, "led")
		types := []string{"quorum", "quorum", "quorum", "quorum", "quorum", "stream"}
		counts := "5\t1\t0"
		if first.Release == "3.10" {
			// The rebalance of 3.10 does not move the leaders of streams.
			types[5], counts = "quorum", "6\t0\t0"
		}
		for i, kind := range types {
			first.declare(t, vhost, fmt.Sprint(kind, i), map[string]any{"x-queue-type": kind,
				"x-queue-leader-locator": "client-local"})
		}
		want := "node\trunning\tquorum\tstreams\tclassic\tshare\tsurplus\n" + first.Node + "\ttrue\t" + counts + "\t1\t\n"
		for _, n := range c.nodes[1:] {
			want += n.Node + "\ttrue\t0\t0\t0\t0\t\n"
		}
		for _, n := range c.nodes {
			eventually(t, func() (bool, string) {
				r := n.rabbitctl(t, "list_leaders", "-p", vhost).ok(t)
				return r.stdout == want && strings.Contains(r.stderr, "each running node leads 0 to 6 of them; a rebalance counts"),
					r.stdout + r.stderr
			})
		}
		c.tool(t, first, "rabbitmq-queues", "rebalance", "all").ok(t)
		eventually(t, func() (bool, string) {
			r := first.rabbitctl(t, "list_leaders", "-p", vhost).ok(t)
			return strings.Contains(r.stderr, "each running node leads 2 of them; a rebalance counts"), r.stdout + r.stderr
		})
	})
}

// memoryAlarmElsewhere: check_memory names the node with the alarm at once, although the asked node still lists the old
// watermark. When the alarm is over, check_memory is OK at once, too.
func memoryAlarmElsewhere(t *testing.T, c *cluster) {
	first, other := c.nodes[0], c.nodes[1]
	before := get[struct {
		Limit int64 `json:"mem_limit"`
	}](t, other, path("nodes", other.Node)+"?columns=mem_limit").Limit
	reset := func() {
		afterwards(t, c.target(other), "rabbitmqctl", "set_vm_memory_high_watermark", "absolute", fmt.Sprint(before))
	}
	t.Cleanup(reset)
	first.rabbitctl(t, "check_memory").ok(t)
	c.tool(t, other, "rabbitmqctl", "set_vm_memory_high_watermark", "absolute", "50MB").ok(t)
	first.awaitAlarm(t, true)
	if status := first.official(t, "local-alarms"); status != 200 {
		t.Errorf("local-alarms of the node without the alarm: %d", status)
	}
	for _, n := range c.nodes {
		n.rabbitctl(t, "check_memory").exits(t, 2).says(t, "CRITICAL - memory alarm on "+other.Node)
	}
	first.rabbitctl(t, "check_alarms").exits(t, 2).says(t, "memory alarm on "+other.Node)
	first.rabbitctl(t, "check_disk").ok(t)
	reset()
	first.awaitAlarm(t, false)
	// The checks run at once, when the listing may still show the low watermark and the alarm flag.
	for _, n := range c.nodes {
		n.rabbitctl(t, "check_memory").ok(t)
		n.rabbitctl(t, "check_alarms").ok(t)
	}
}
