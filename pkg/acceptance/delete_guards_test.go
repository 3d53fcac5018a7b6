//go:build acceptance

package acceptance

import (
	"strings"
	"testing"
)

// TestDeleteQueue_young has queues with a consumer or a confirmed message that is a moment old, and so newer than any
// figure of the API. The conditions of delete_queue must still protect these queues.
func TestDeleteQueue_young(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "young ")
		refused := func(t *testing.T, queue, why string, args ...string) {
			t.Helper()
			r := b.rabbitctl(t, append([]string{"delete_queue", "-p", vhost, queue}, args...)...).exits(t, 65)
			if !strings.Contains(r.stderr, why) {
				t.Errorf("%q: %s", args, r.stderr)
			}
			b.do(t, "GET", path("queues", vhost, queue), nil)
		}
		for _, kind := range []string{"classic", "quorum", "stream"} {
			t.Run(kind, func(t *testing.T) {
				t.Parallel()
				for _, mode := range []string{"--yes", "--dry-run"} {
					used, full := kind+" used"+mode, kind+" full"+mode
					for _, q := range []string{used, full} {
						b.declare(t, vhost, q, map[string]any{"x-queue-type": kind})
					}
					args := []string{"-p", vhost, "--queue", used, "--prefetch", "10", "--for", "5m"}
					if kind == "stream" {
						args = append(args, "--argument", "x-stream-offset=first")
					}
					b.startDevbroker(t, "consume", args...).says(t, "ready")
					refused(t, used, "in use", "--if-unused", mode)
					b.publish(t, vhost, full)
					refused(t, full, "not empty", "--if-empty", mode)
				}
				b.declare(t, vhost, kind+" counted", map[string]any{"x-queue-type": kind})
				b.publish(t, vhost, kind+" counted", "--count", "2")
				refused(t, kind+" counted", "holds 2 messages", "--expect-messages", ":1", "--yes")
				// A queue that is idle and empty meets the conditions, so the command deletes it.
				b.declare(t, vhost, kind+" idle", map[string]any{"x-queue-type": kind})
				b.rabbitctl(t, "delete_queue", "-p", vhost, kind+" idle", "--if-unused", "--if-empty", "--yes").ok(t)
			})
		}
	})
}

// TestDryRun_sameVerdict has a queue that only its owner can delete, and a stream, which cannot be purged: a dry run
// must refuse what the command itself would refuse.
func TestDryRun_sameVerdict(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "own ")
		b.startDevbroker(t, "connect", "-p", vhost, "--exclusive-queue", "own", "--for", "5m").says(t, "ready")
		b.declare(t, vhost, "stream", map[string]any{"x-queue-type": "stream"})
		for _, mode := range []string{"--dry-run", "--yes"} {
			for _, command := range []string{"delete_queue", "purge_queue"} {
				if r := b.rabbitctl(t, command, "-p", vhost, "own", mode).exits(t, 65); !strings.Contains(r.stderr,
					"is exclusive to") {
					t.Errorf("%s %s: %s", command, mode, r.stderr)
				}
			}
			if r := b.rabbitctl(t, "purge_queue", "-p", vhost, "stream", mode).exits(t, 65); !strings.Contains(r.stderr,
				"streams cannot be purged") {
				t.Errorf("%s: %s", mode, r.stderr)
			}
		}
	})
}
