//go:build acceptance

package acceptance

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestDeleteMessages: the command deletes the chosen messages, the others keep their order, and an import of the file
// restores the deleted messages.
func TestDeleteMessages(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		for _, kind := range []string{"classic", "quorum"} {
			t.Run(kind, func(t *testing.T) {
				vhost := b.vhost(t, "delete ")
				b.declare(t, vhost, "q", map[string]any{"x-queue-type": kind})
				for _, id := range strings.Split("12345", "") {
					b.publish(t, vhost, "q", "--body", `{"id": `+id+`}`)
				}
				file := filepath.Join(t.TempDir(), "kept.jsonl")
				remove := func(where string, more ...string) ran {
					return b.rabbitctl(t, append([]string{"delete_messages", "q", "-p", vhost, "--where", where,
						"--counts-as-delivery"}, more...)...)
				}
				holds := func(want string) {
					t.Helper()
					got := b.rabbitctl(t, "peek_messages", "q", "json.id", "-p", vhost, "--counts-as-delivery", "-q",
						"--no-table-headers").ok(t)
					if ids := strings.Join(strings.Fields(got.stdout), ""); ids != want {
						t.Errorf("%s, want %s", ids, want)
					}
				}
				remove("json.id > 3", "--backup", file).exits(t, 64)
				remove("json.id > 3", "--backup", file, "--dry-run").ok(t)
				holds("12345")
				remove("json.id == 2 || json.id > 3", "--backup", file, "--yes").ok(t).says(t, "deleted", "messages\t3\n")
				holds("13")
				remove("json.id == 2", "--no-backup", "--yes").ok(t).says(t, "unchanged")
				b.rabbitctl(t, "import_messages", file, "-p", vhost).ok(t).says(t, "messages\t3\n")
				remove("json.id == 1", "--no-backup", "--yes").ok(t).says(t, "messages\t1\n")
				b.awaitReady(t, vhost, "q", 4)
			})
		}
	})
}
