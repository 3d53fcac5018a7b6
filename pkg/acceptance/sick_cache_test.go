//go:build acceptance

package acceptance

import "testing"

// TestListingsThatBrokersKeep: if a listing took a minute, the broker caches it for five minutes. In this test the
// broker caches every listing for longer than the test waits. rabbitctl must show a new client all the same.
func TestListingsThatBrokersKeep(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		keep := func(factor string) []string {
			return []string{"rabbitmqctl", "eval",
				"application:set_env(rabbitmq_management, management_db_cache_multiplier, " + factor + ")."}
		}
		t.Cleanup(func() { afterwards(t, b.Name, keep("5")...) })
		b.ctl(t, keep("10000000")...).ok(t)
		vhost := b.vhost(t, "kept")
		b.declare(t, vhost, "orders", nil)
		mine := `vhost == "` + vhost + `"`
		look := map[string][]string{
			"connections": {"list_connections", "user_provided_name", "vhost", "--where", mine, "-o", "template={{.user_provided_name}}"},
			"channels":    {"list_channels", "vhost", "--where", mine, "-o", "template=newcomer"},
			"consumers":   {"list_consumers", "-p", vhost, "-o", "template={{.consumer_tag}}"},
		}
		for _, words := range look {
			b.rabbitctl(t, words...).ok(t)
		}
		b.startDevbroker(t, "consume", "-p", vhost, "--queue", "orders", "--connection-name", "newcomer", "--consumer-tag",
			"newcomer", "--for", "20m").says(t, "ready")
		for noun, words := range look {
			eventually(t, func() (bool, string) {
				r := b.rabbitctl(t, words...).ok(t)
				return r.stdout == "newcomer\n", noun + ": " + r.stdout
			})
		}
		// A listing of queues is cached only while the queues stay the same, so nothing is declared from here on.
		published := func() string {
			return b.rabbitctl(t, "list_queues", "message_stats.publish", "-p", vhost, "-o", "tsv").ok(t).stdout
		}
		before := published()
		eventually(t, func() (bool, string) {
			// The counters of a channel that closes at once can be lost (3.10), so each round publishes again.
			b.rabbitctl(t, "publish_message", "-p", vhost, "--queue", "orders", "kept").ok(t)
			now := published()
			return now != before, now
		})
	})
}
