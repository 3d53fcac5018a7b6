//go:build acceptance

package acceptance

import (
	"fmt"
	"strings"
	"testing"
)

// TestReplayDeadLetters: one dead-letter queue has messages of two queues, dead for two reasons. Only the chosen
// messages return to their queue, once, and the others keep their order.
func TestReplayDeadLetters(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		for _, kind := range []string{"classic", "quorum"} {
			t.Run(kind, func(t *testing.T) {
				vhost := b.vhost(t, "replay ")
				b.declare(t, vhost, "dead", map[string]any{"x-queue-type": kind})
				dies := map[string]any{"x-queue-type": kind, "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead"}
				b.declare(t, vhost, "orders", dies)
				b.declare(t, vhost, "mail", dies)
				b.diesIn(t, vhost, "mail", "mail 1")
				for i := range 3 {
					b.diesIn(t, vhost, "orders", fmt.Sprint("order ", i+1))
				}
				b.publish(t, vhost, "orders", "--body", "late", "--property", "expiration=1")
				b.diesIn(t, vhost, "mail", "mail 2")
				b.awaitReady(t, vhost, "dead", 6)

				replay := []string{"replay_dead_letters", "dead", "-p", vhost, "--counts-as-delivery"}
				if r := b.rabbitctl(t, replay...).exits(t, 65); !strings.Contains(r.stderr, "mail 2, orders 4") {
					t.Error(r.stderr)
				}
				// With --limit 2 the command stops at the second dead letter, which is the first one of the queue orders.
				r := b.rabbitctl(t, append(replay, "--each", "--limit", "2", "--dry-run")...).ok(t)
				if !strings.Contains(r.stdout, "mail\t1\t") || !strings.Contains(r.stdout, "orders\t1\t") {
					t.Error(r.stdout)
				}
				chosen := append(replay, "--origin", "orders", "--reason", "rejected")
				b.rabbitctl(t, append(chosen, "--dry-run")...).ok(t)
				b.rabbitctl(t, chosen...).ok(t).says(t, "messages\t3\n", "source_ready\t3\n", "destination_ready\t3\n")
				b.rabbitctl(t, chosen...).ok(t).says(t, "unchanged")
				// The same messages are rejected once more. Then a second replay returns everything in the dead-letter queue.
				got := b.devbroker(t, "consume", "-p", vhost, "--queue", "orders", "--count", "3", "--for", "20s", "--verbose",
					"--reject").ok(t).stdout
				if want := "message order 1\nmessage order 2\nmessage order 3\n"; !strings.Contains(got, want) {
					t.Error(got)
				}
				b.awaitReady(t, vhost, "dead", 6)
				b.rabbitctl(t, append(replay, "--each")...).ok(t).says(t, "messages\t6\n")
				for queue, want := range map[string]string{"mail": "mail 1, mail 2", "orders": "late, order 1, order 2, order 3"} {
					var left []string
					for _, line := range strings.Split(b.devbroker(t, "consume", "-p", vhost, "--queue", queue, "--for", "1s",
						"--verbose").ok(t).stdout, "\n") {
						if body, is := strings.CutPrefix(line, "message "); is {
							left = append(left, body)
						}
					}
					if got := strings.Join(left, ", "); got != want {
						t.Errorf("%s: %s, want %s", queue, got, want)
					}
				}
			})
		}
	})
}

// diesIn publishes a message to a queue, and rejects it there.
func (b *broker) diesIn(t *testing.T, vhost, queue, body string) {
	t.Helper()
	b.publish(t, vhost, queue, "--body", body, "--persistent")
	b.devbroker(t, "consume", "-p", vhost, "--queue", queue, "--count", "1", "--for", "20s", "--reject").ok(t).
		says(t, "rejected 1")
}

// awaitReady waits until a queue has this number of ready messages, and the API reports it. The API's count alone can be
// one from before the last messages came or went.
func (b *broker) awaitReady(t *testing.T, vhost, queue string, want int) {
	t.Helper()
	eventually(t, func() (bool, string) {
		now := b.ready(t, vhost, queue)
		told := b.rabbitctl(t, "list_queues", "-p", vhost, "messages_ready", "--match", "^"+queue+"$", "-q",
			"--no-table-headers").ok(t).stdout
		return now == want && told == fmt.Sprintln(want), fmt.Sprintf("%d, told as %s", now, told)
	})
}
