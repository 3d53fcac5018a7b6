//go:build acceptance

package acceptance

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestMove_tellsWhatItChanges: if a property cannot be published again unchanged, its value goes into a header, and
// rabbitctl reports that. No message is lost, none is routed to the keys of CC again, and another user's user-id does
// not stop the move.
func TestMove_tellsWhatItChanges(t *testing.T) {
	needPika(t)
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "aside ")
		for _, queue := range []string{"from", "to", "copy", "blind"} {
			b.declare(t, vhost, queue, nil)
		}
		user, password := b.user(t, "")
		b.do(t, "PUT", path("permissions", vhost, user), map[string]any{"configure": ".*", "write": ".*", "read": ".*"})
		pika := func(do, queue string) string {
			return run(t, nil, python, filepath.Join("testdata", "messages", "kept_aside.py"), do, queue, "--port",
				fmt.Sprint(b.AMQPPort), "--vhost", vhost, "--user", user, "--password", password).ok(t).stdout
		}
		pika("publish", "from")
		file := filepath.Join(t.TempDir(), "file")
		b.rabbitctl(t, "export_messages", "from", file, "-p", vhost).ok(t)

		tells := func(args ...string) {
			t.Helper()
			r := b.rabbitctl(t, append(args, "-p", vhost)...).ok(t)
			for _, part := range []string{
				"1 message had the header CC or BCC, which is now in x-rabbitctl-cc",
				"1 message had the user-id of another user, which is now in the header x-rabbitctl-user-id",
				"1 message has an expiration, which starts over",
			} {
				if !strings.Contains(r.stderr, part) {
					t.Errorf("%q does not tell %q:\n%s", args, part, r.stderr)
				}
			}
		}
		want := "copied None None [('mine', 1), ('x-rabbitctl-cc', ['copy'])]\n" +
			"signed None None [('x-rabbitctl-user-id', '" + user + "')]\nshort None 3600000 []\nplain None None []\n"
		tells("move_messages", "from", "to")
		if got := pika("print", "to"); got != want {
			t.Errorf("moved: %s", got)
		}
		b.rabbitctl(t, "purge_queue", "to", "-p", vhost, "--yes").ok(t)
		// For a file, rabbitctl can report these changes before it publishes anything.
		tells("import_messages", file, "--queue", "to", "--dry-run")
		tells("import_messages", file, "--queue", "to")
		if got := pika("print", "to"); got != want {
			t.Errorf("imported: %s", got)
		}
		for _, queue := range []string{"copy", "blind"} {
			if got := len(splitLines(pika("print", queue))); got != 1 {
				t.Errorf("queue %s has %d messages, and not only the one of the publisher", queue, got)
			}
		}
	})
}
