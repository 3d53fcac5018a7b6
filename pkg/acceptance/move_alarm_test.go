//go:build acceptance

package acceptance

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestMoveMessages_alarm: an alarm in the middle of a move ends the move. No message is lost. Messages that were not
// moved keep their order, and messages that the move published during the alarm may be in both queues.
func TestMoveMessages_alarm(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		const many = 6000
		vhost := b.vhost(t, "alarm ")
		moves := map[string]slowMove{}
		for _, kind := range []string{"classic", "quorum"} {
			for _, end := range []string{"src", "dst"} {
				b.declare(t, vhost, kind+"."+end, map[string]any{"x-queue-type": kind})
			}
			b.publish(t, vhost, kind+".src", "--count", fmt.Sprint(many), "--persistent")
		}
		for _, kind := range []string{"classic", "quorum"} {
			moves[kind] = b.moveSlowly(t, b, vhost, kind+".src", kind+".dst")
		}
		for _, m := range moves {
			m.awaitMoved(t, 300)
		}
		b.raiseDiskAlarm(t)
		for kind, m := range moves {
			m.hurry()
			r := m.ended(t).exits(t, 75)
			if !strings.Contains(r.stderr, "the broker blocks publishers") {
				t.Errorf("%s: %s", kind, r.stderr)
			}
			r = b.rabbitctl(t, "move_messages", kind+".src", kind+".dst", "-p", vhost).exits(t, 69)
			if !strings.Contains(r.stderr, "the broker blocks all publishers: disk alarm on ") {
				t.Errorf("%s: %s", kind, r.stderr)
			}
		}
		b.clearDiskAlarm(t)
		for kind := range moves {
			rest := b.drained(t, vhost, kind+".src")
			holdAll(t, many, 500, rest, b.drained(t, vhost, kind+".dst"))
			if len(rest) == 0 || !slices.IsSortedFunc(rest, byNumber) {
				t.Errorf("%s: %d messages are left, and not in their order", kind, len(rest))
			}
		}
	})
}

// byNumber compares two message bodies of devbroker by the number at their end.
func byNumber(a, b string) int {
	number := func(body string) (n int) {
		_, _ = fmt.Sscanf(body, "message %d", &n)
		return n
	}
	return number(a) - number(b)
}
