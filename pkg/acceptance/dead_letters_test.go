//go:build acceptance

package acceptance

import (
	"strings"
	"testing"
)

// TestListDeadLetters dead-letters messages from two queues, rejected or expired, to one dead-letter queue. The command
// must find and count the three combinations, in classic and in quorum queues.
func TestListDeadLetters(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "dead ")
		for _, kind := range []string{"classic", "quorum"} {
			dlq := kind + ".dlq"
			args := map[string]any{"x-queue-type": kind}
			if kind == "quorum" && b.Release == "4.0" {
				args["x-delivery-limit"] = -1
			}
			b.declare(t, vhost, dlq, args)
			for _, origin := range []string{"orders", "mail"} {
				b.declare(t, vhost, kind+"."+origin, map[string]any{"x-queue-type": kind, "x-dead-letter-exchange": "",
					"x-dead-letter-routing-key": dlq})
			}
			b.publish(t, vhost, kind+".orders", "--count", "3", "--persistent")
			b.devbroker(t, "consume", "-p", vhost, "--queue", kind+".orders", "--reject", "--count", "3", "--for", "20s").ok(t)
			b.publish(t, vhost, kind+".orders", "--body", "late", "--property", "expiration=1", "--persistent")
			b.publish(t, vhost, kind+".mail", "--body", "mail", "--persistent")
			b.devbroker(t, "consume", "-p", vhost, "--queue", kind+".mail", "--reject", "--count", "1", "--for", "20s").ok(t)
			want := strings.ReplaceAll("Q.orders\trejected\t3\texchange \"\" key Q.orders\n"+
				"Q.orders\texpired\t1\texchange \"\" key Q.orders\nQ.mail\trejected\t1\texchange \"\" key Q.mail\n", "Q", kind)
			eventually(t, func() (bool, string) {
				got := b.rabbitctl(t, "list_dead_letters", dlq, "origin", "reason", "count", "back_to", "--no-table-headers", "-p",
					vhost).ok(t).stdout
				return got == want, got
			})
		}
		r := b.rabbitctl(t, "search_messages", "--where", `death.reason == "expired"`, "queue", "body", "--match", "dlq$",
			"-p",
			vhost, "--no-table-headers").ok(t)
		for _, kind := range []string{"classic", "quorum"} {
			if !strings.Contains(r.stdout, kind+".dlq\tlate\n") || strings.Count(r.stdout, "\n") != 2 {
				t.Errorf("search: %q, %s", r.stdout, r.stderr)
			}
		}
		b.waitingDeadLetters(t, vhost)
	})
}

// waitingDeadLetters: list_dead_letters reports dead messages that no dead-letter queue has taken, although AMQP does
// not show them.
func (b *broker) waitingDeadLetters(t *testing.T, vhost string) {
	t.Helper()
	b.declare(t, vhost, "careful", map[string]any{"x-queue-type": "quorum", "x-dead-letter-exchange": "",
		"x-dead-letter-routing-key": "nowhere", "x-dead-letter-strategy": "at-least-once", "x-overflow": "reject-publish"})
	b.publish(t, vhost, "careful", "--count", "3", "--persistent")
	b.devbroker(t, "consume", "-p", vhost, "--queue", "careful", "--reject", "--count", "3", "--for", "20s").ok(t)
	eventually(t, func() (bool, string) {
		r := b.rabbitctl(t, "list_dead_letters", "careful", "-p", vhost, "--counts-as-delivery").ok(t)
		return strings.Contains(r.stderr, "queue careful holds 3 dead messages that no dead-letter queue has taken"), r.stderr
	})
}
