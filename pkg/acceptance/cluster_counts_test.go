//go:build acceptance

package acceptance

import (
	"strings"
	"testing"
)

// TestClusterCounts asks one node about queues whose leader is on another node. show_queue and delete_queue must know
// the right number of messages. For such a quorum queue, 4.3 answers that it has no messages if a client requests the
// queue by its name.
func TestClusterCounts(t *testing.T) {
	onClusters(t, func(t *testing.T, c *cluster) {
		asked, leads := c.nodes[0], c.nodes[2]
		vhost := asked.vhost(t, "counts")
		kinds := []string{"classic", "quorum", "stream"}
		for _, kind := range kinds {
			arguments := map[string]any{"x-queue-type": kind}
			if kind != "classic" { // a classic queue is where it was declared, and 3.10 refuses the argument
				arguments["x-queue-leader-locator"] = "client-local"
			}
			leads.declare(t, vhost, kind, arguments)
			leads.publish(t, vhost, kind, "--count", "7")
		}
		for _, kind := range kinds {
			if r := asked.rabbitctl(t, "delete_queue", "-p", vhost, kind, "--if-empty", "--yes").
				exits(t, 65); !strings.Contains(r.stderr, "not empty: 7 ready") {
				t.Errorf("%s: %s", kind, r.stderr)
			}
			if got := asked.rabbitctl(t, "show_queue", "-p", vhost, kind).ok(t).stdout; !strings.Contains(got,
				"messages_ready\t7\n") {
				t.Errorf("%s:\n%s", kind, got)
			}
			asked.rabbitctl(t, "delete_queue", "-p", vhost, kind, "--expect-messages", "7", "--yes").ok(t)
		}
	})
}
