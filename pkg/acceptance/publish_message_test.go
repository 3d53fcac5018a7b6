//go:build acceptance

package acceptance

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPublishMessage: publish_message reports each message that no queue gets, in whatever way the message is lost.
func TestPublishMessage(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "publish ")
		b.declare(t, vhost, "q", nil)
		b.declare(t, vhost, "full", map[string]any{"x-max-length": 1, "x-overflow": "reject-publish"})
		b.rabbitctl(t, "declare_exchange", "x", "--type", "topic", "-p", vhost).ok(t)
		b.rabbitctl(t, "bind", "x", "q", "a.*", "-p", vhost).ok(t)
		publish := func(args ...string) ran {
			return b.rabbitctl(t, append([]string{"publish_message", "-p", vhost}, args...)...)
		}

		publish("--queue", "q", "one", "--header", "level:int=5", "--priority", "9", "--expiration", "1h").ok(t).
			prints(t, "routed\n")
		publish("--exchange", "x", "--routing-key", "a.b", "two").ok(t)
		// The broker sends the confirmation right after the returned message. If the program took them in the wrong order, it
		// would report the message as routed.
		for range 10 {
			publish("--exchange", "x", "--routing-key", "b", "lost").exits(t, 65).prints(t, "returned\n")
		}
		publish("--exchange", "xx", "--routing-key", "a.b", "lost").exits(t, 65)
		publish("--queue", "Q", "lost").exits(t, 65)
		publish("--queue", "full", "three").ok(t)
		publish("--queue", "full", "four").exits(t, 75).prints(t, "refused\n")
		publish("--exchange", "x", "--routing-key", "a.b", "five", "--dry-run").ok(t)

		lines := filepath.Join(t.TempDir(), "lines")
		if err := os.WriteFile(lines, []byte("six\n\nseven\r\neight"), 0o600); err != nil {
			t.Fatal(err)
		}
		publish("--queue", "q", "--lines", "--body-file", lines).ok(t).
			prints(t, "routed\nmessages\t3\nreturned\t0\nrefused\t0\nunknown\t0\n")
		var got []string
		for _, line := range b.devbroker(t, "consume", "-p", vhost, "--queue", "q", "--count", "6", "--for", "2s",
			"--verbose").ok(t).lines() {
			if body, is := strings.CutPrefix(line, "message "); is {
				got = append(got, body)
			}
		}
		if text := strings.Join(got, " "); text != "one two six seven eight" {
			t.Error(text)
		}
	})
}
