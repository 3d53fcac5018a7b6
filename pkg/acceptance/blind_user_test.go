//go:build acceptance

package acceptance

import (
	"strings"
	"testing"
)

// TestUserWhoSeesNothing has a user with the tag monitoring and without permissions in any virtual host. For such a
// user the API answers as if the broker had no queues: the listing succeeds, and says why it is empty.
func TestUserWhoSeesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "blind ")
		b.declare(t, vhost, "orders", nil)
		name, password := b.user(t, "monitoring")
		env := []string{"RABBITCTL_URL=" + strings.Replace(b.URL, "guest:guest", name+":"+password, 1)}
		r := run(t, env, program("rabbitctl"), "list_queues", "name").ok(t)
		if r.stdout != "name\n" || !strings.Contains(r.stderr, "note: user "+name+" ") || !strings.Contains(r.stderr,
			"no virtual host") {
			t.Errorf("stdout:\n%sstderr:\n%s", r.stdout, r.stderr)
		}
		r = run(t, env, program("rabbitctl"), "list_queues", "name", "-o", "json").ok(t)
		if strings.TrimSpace(r.stdout) != "[]" {
			t.Errorf("stdout: %s", r.stdout)
		}
		// Such a user can still judge alarms and disks.
		run(t, env, program("rabbitctl"), "check_alarms").ok(t)
		run(t, env, program("rabbitctl"), "check_disk").ok(t)
	})
}
