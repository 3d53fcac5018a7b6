//go:build acceptance

package acceptance

import (
	"strings"
	"testing"
)

// TestHostileNames_change deletes objects whose names are hard to write in a URL or on a terminal. Beside each object
// is another one, whose name results if the first is read wrongly. Only the object that was named may go. Names that
// the API cannot take are refused.
func TestHostileNames_change(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		for name, near := range map[string]string{"a/b": "a", "%2F": "/", "a%20b": "a b", "a+b": "a b", "q?x=1": "q",
			"q#f": "q", "x\x1b[31m": "x[31m", "e\u0301": "é", "../q": "q"} {
			vhost := b.vhost(t, "hostile "+name)
			for _, n := range []string{name, near} {
				b.declare(t, vhost, n, nil)
				b.do(t, "PUT", path("policies", vhost, n), map[string]any{"pattern": "^zz",
					"definition": map[string]any{"max-length": 9}})
				b.do(t, "PUT", path("parameters", "federation-upstream", vhost, n),
					map[string]any{"value": map[string]any{"uri": "amqp://"}})
			}
			b.rabbitctl(t, "delete_queue", "-p", vhost, "--yes", "--", name).ok(t)
			b.rabbitctl(t, "as", "rabbitmqctl", "-q", "clear_policy", "-p", vhost, "--", name).ok(t)
			b.rabbitctl(t, "as", "rabbitmqctl", "-q", "clear_parameter", "-p", vhost, "--", "federation-upstream", name).ok(t)
			for _, listing := range []string{"list_queues", "list_policies", "list_parameters"} {
				left := b.rabbitctl(t, listing, "-p", vhost, "name", "-o", "tsv").ok(t).stdout
				if got := strings.Split(strings.TrimSuffix(left, "\n"), "\n"); len(got) != 2 || got[1] != near {
					t.Errorf("%q: %s has %q left, not %q alone", name, listing, got, near)
				}
			}
		}
		for _, tt := range []struct {
			says  string
			words []string
		}{
			{"not UTF-8", []string{"set_policy", "--", "caf\xe9", "^zz", "{}"}},
			{"at most 255 characters", []string{"set_global_parameter", strings.Repeat("n", 256), "1"}},
			{"cannot address", []string{"clear_topic_permissions", "guest", ""}},
		} {
			r := b.rabbitctl(t, append([]string{"as", "rabbitmqctl", "-q"}, tt.words...)...)
			if r.code == 0 || !strings.Contains(r.stderr, tt.says) {
				t.Errorf("%s: exit %d, %s", tt.words[0], r.code, r.stderr)
			}
		}
	})
}
