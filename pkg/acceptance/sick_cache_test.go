//go:build acceptance

package acceptance

import "testing"

// The broker keeps a listing that took a minute for five minutes, and repeats it meanwhile. Here it keeps every listing
// for longer than the test waits.
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
	})
}
