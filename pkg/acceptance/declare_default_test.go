//go:build acceptance

package acceptance

import (
	"strings"
	"testing"
)

// TestDeclareQueue_defaultType has a queue whose type differs from the virtual host's default. declare_queue must
// report that difference to users of every tag, although only administrators may request the virtual host itself.
func TestDeclareQueue_defaultType(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "typed")
		// Before 4.0, only the creation of a virtual host can set the default type, and the setting has another name. Those
		// releases accept the newer name silently, but it has no effect.
		b.do(t, "DELETE", path("vhosts", vhost), nil)
		b.do(t, "PUT", path("vhosts", vhost), map[string]any{"default_queue_type": "quorum", "defaultqueuetype": "quorum"})
		b.do(t, "PUT", path("permissions", vhost, "guest"), map[string]any{"configure": ".*", "write": ".*", "read": ".*"})
		b.declare(t, vhost, "orders", map[string]any{"x-queue-type": "classic"})
		for _, tag := range []string{"management", "policymaker", "monitoring", "administrator"} {
			name, password := b.user(t, tag)
			b.do(t, "PUT", path("permissions", vhost, name), map[string]any{"configure": ".*", "write": ".*", "read": ".*"})
			env := []string{"RABBITCTL_URL=" + strings.Replace(b.URL, "guest:guest", name+":"+password, 1)}
			r := run(t, env, program("rabbitctl"), "declare_queue", "-p", vhost, "orders").exits(t, 4)
			r.says(t, "type\tquorum\tclassic\targument (wanted: virtual host default)")
		}
	})
}
