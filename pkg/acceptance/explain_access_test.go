//go:build acceptance

package acceptance

import (
	"strings"
	"testing"
)

// TestExplainAccess compares the verdicts of explain_access with what the broker really allows the user, and runs the
// command that explain_access advises.
func TestExplainAccess(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "access ")
		b.declare(t, vhost, "orders", nil)
		b.do(t, "PUT", path("exchanges", vhost, "events"), map[string]any{"type": "topic", "durable": true})
		user, password := b.user(t, "management")
		client := &broker{URL: strings.Replace(b.URL, "guest:guest@", user+":"+password+"@", 1)}
		as := []string{"RABBITCTL_URL=" + strings.Replace(b.URL, "guest:guest@", "", 1), "RABBITCTL_USERNAME=" + user,
			"RABBITCTL_PASSWORD=" + password}
		own := func(code int, args ...string) ran {
			t.Helper()
			r := run(t, as, program("rabbitctl"), append([]string{"explain_access"}, args...)...)
			if r.code != code {
				t.Errorf("%q: exit %d\n%s%s", args, r.code, r.stdout, r.stderr)
			}
			return r
		}
		own(1).says(t, "sees no virtual host", "set_user_tags "+user+" management monitoring")
		own(2, "--for", "checks")
		b.do(t, "PUT", path("permissions", vhost, user), map[string]any{"configure": "^own",
			"write": "^own|^events$|^amq.def",
			"read":  "^$"})
		b.do(t, "PUT", path("topic-permissions", vhost, user), map[string]any{"exchange": "events",
			"write": `^{username}\.`, "read": ".*"})
		own(0, "--for", "listings")
		own(3, user, "--may", "write", "own", "-p", vhost).says(t, "log in as an administrator")

		publish := func(exchange, key string) bool {
			status, _ := client.api(t, "POST", path("exchanges", vhost, exchange, "publish"), map[string]any{
				"properties": map[string]any{}, "routing_key": key, "payload": "x", "payload_encoding": "string"})
			return status == 200
		}
		declare := func(name string) bool {
			status, _ := client.api(t, "PUT", path("queues", vhost, name), map[string]any{"durable": true})
			return status < 300
		}
		for _, tt := range []struct {
			may, name, key string
			does           func() bool
			want           bool
		}{
			{"write", "amq.default", "", func() bool { return publish("amq.default", "orders") }, true},
			{"write", "amq.topic", "k", func() bool { return publish("amq.topic", "k") }, false},
			{"write", "events", user + ".a", func() bool { return publish("events", user+".a") }, true},
			{"write", "events", "other.a", func() bool { return publish("events", "other.a") }, false},
			{"configure", "own.q", "", func() bool { return declare("own.q") }, true},
			{"configure", "foreign", "", func() bool { return declare("foreign") }, false},
		} {
			args := []string{"explain_access", user, "--may", tt.may, tt.name, "-p", vhost}
			if tt.key != "" {
				args = append(args, "--routing-key", tt.key)
			}
			r := b.rabbitctl(t, args...)
			if (r.code == 0) != tt.want || tt.does() != tt.want || !tt.want && r.code != 2 {
				t.Errorf("%q: exit %d, and the broker says otherwise\n%s", args, r.code, r.stdout)
			}
			if tt.may != "configure" || tt.want {
				continue
			}
			// The advised command grants the missing permission, and keeps the others.
			_, line, _ := strings.Cut(r.stdout, "administrator: rabbitctl ")
			line, _, _ = strings.Cut(line, "\n")
			run(t, []string{"RABBITCTL_URL=" + b.URL}, "sh", "-c", program("rabbitctl")+" "+line).ok(t)
			if !tt.does() || !publish("amq.default", "orders") {
				t.Errorf("%s did not help", line)
			}
		}
		idle, _ := b.user(t, "")
		r := b.rabbitctl(t, "explain_access", "--all")
		if r.code != 1 || !strings.Contains(r.stdout, idle+" ") || strings.Contains(r.stdout, user+" ") {
			t.Errorf("exit %d\n%s", r.code, r.stdout)
		}
	})
}
