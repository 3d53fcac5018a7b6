//go:build acceptance

package acceptance

import (
	"strings"
	"testing"
)

// TestCheckUnroutable publishes to an exchange without bindings. check_unroutable must be OK, WARNING or CRITICAL as
// the rate of lost messages rises and falls. Other tests may lose some messages on the same broker, so this test
// publishes at higher rates than they do.
func TestCheckUnroutable(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "losing-")
		b.do(t, "PUT", path("exchanges", vhost, "nowhere"), map[string]any{"type": "fanout"})
		const ours = "check_unroutable --warning 30 --critical 80"
		b.eventuallyExits(t, ours, 0, "unroutable messages")
		lose := []string{"-p", vhost, "--exchange=nowhere", "--rate=50", "--for=20m"}
		dropping := b.startDevbroker(t, "publish", lose...)
		b.eventuallyExits(t, ours, 1, vhost)
		b.eventuallyExits(t, "check_unroutable", 1, "next: rabbitctl list_unroutable")
		returning := b.startDevbroker(t, "publish", append(lose, "--mandatory")...)
		b.eventuallyExits(t, ours, 2, vhost)
		dropping.stop()
		b.eventuallyExits(t, ours, 1, vhost)
		returning.stop()
		b.eventuallyExits(t, ours, 0, "unroutable messages")
		b.rabbitctl(t, "list_unroutable", "-p", vhost).ok(t).says(t, "nowhere")

		// The tag monitoring is enough for this check, even without access to any virtual host.
		for tag, code := range map[string]int{"monitoring": 0, "management": 3} {
			user, password := b.user(t, tag)
			r := run(t, []string{"RABBITCTL_URL=" + strings.Replace(b.URL, "guest:guest", user+":"+password, 1)},
				program("rabbitctl"), strings.Fields(ours)...)
			if r.code != code {
				t.Errorf("tag %s: exit %d, want %d\n%s", tag, r.code, code, r.stdout)
			}
		}
	})
}
