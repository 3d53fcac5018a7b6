//go:build acceptance

package acceptance

import (
	"fmt"
	"testing"
)

// TestClusterMigrate: migrate_queue makes a classic queue a quorum queue while a node is stopped, and no message is
// lost. With a stopped node, only the statistics count the messages of quorum queues.
func TestClusterMigrate(t *testing.T) {
	onClusters(t, func(t *testing.T, c *cluster) {
		first, third := c.nodes[0], c.nodes[2]
		vhost := first.vhost(t, "move")
		first.declare(t, vhost, "orders", nil)
		first.publish(t, vhost, "orders", "--count", "3000", "--confirm", "--persistent")
		c.stopApp(t, third)
		first.rabbitctl(t, "migrate_queue", "orders", "-p", vhost, "--yes").ok(t).says(t, "refill\tdone")
		c.startApp(t, third)
		eventually(t, func() (bool, string) {
			got := first.rabbitctl(t, "list_queues", "-p", vhost, "name", "type", "messages", "-q", "--no-table-headers").stdout
			return got == "orders\tquorum\t3000\n", fmt.Sprint(got)
		})
	})
}
