//go:build acceptance

package acceptance

import (
	"fmt"
	"strings"
	"testing"

	amqp "github.com/rabbitmq/amqp091-go"
)

// TestPeekMessages: where the broker allows it, peeking changes nothing. Elsewhere peek_messages refuses, or warns of
// what peeking at the messages changes.
func TestPeekMessages(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "peek ")
		peek := func(words ...string) ran {
			return b.rabbitctl(t, append([]string{"peek_messages", "-p", vhost, "--no-table-headers"}, words...)...)
		}
		for name, args := range map[string]map[string]any{
			"classic": {"x-queue-type": "classic"},
			"limited": {"x-queue-type": "quorum", "x-delivery-limit": 3},
			"stream":  {"x-queue-type": "stream"},
		} {
			b.declare(t, vhost, name, args)
			b.publish(t, vhost, name, "--count", "5", "--confirm", "--persistent")
		}
		b.limitedLooks(t, vhost, peek)
		const three = "message 1\nmessage 2\nmessage 3\n"
		for range 6 {
			if got := peek("classic", "preview", "--limit", "3").ok(t).stdout; got != three {
				t.Errorf("classic: %q", got)
			}
		}
		if got := peek("classic", "--limit", "1", "--body-only").ok(t).stdout; got != "message 1" {
			t.Errorf("--body-only: %q", got)
		}
		peek("classic", "--where", `body == "message 4"`, "--whole").ok(t).says(t, "body: text\nmessage 4\n")
		got := peek("stream", "stream_offset", "body", "--offset", "3").ok(t).stdout
		if got != "3\tmessage 4\n4\tmessage 5\n" {
			t.Errorf("stream: %q", got)
		}
		peek("stream", "--offset", "next").ok(t)
		if r := peek("nowhere").exits(t, 65); !strings.Contains(r.stderr, "queue nowhere does not exist") {
			t.Error(r.stderr)
		}
		b.keepsOrder(t, vhost, peek)
	})
}

// limitedLooks peeks at a quorum queue that drops a message after too many deliveries. On 4.3 this must not count as a
// delivery. On other releases peek_messages must refuse without --counts-as-delivery, and with it warn before the
// broker drops messages.
func (b *broker) limitedLooks(t *testing.T, vhost string, peek func(...string) ran) {
	t.Helper()
	if b.Release == "4.3" {
		for range 6 {
			if got := peek("limited", "body", "delivery_count").ok(t).stdout; strings.Count(got, "\t\n") != 5 {
				t.Errorf("looks that count, or lose: %q", got)
			}
		}
		return
	}
	if r := peek("limited").exits(t, 65); !strings.Contains(r.stderr, "counts a look as a delivery") {
		t.Error(r.stderr)
	}
	for look := range 3 {
		b.awaitGivenBack(t, vhost, "limited", 5)
		r := peek("limited", "body", "--limit", "3", "--counts-as-delivery").ok(t)
		if said := strings.Contains(r.stderr, "do not look at messages 1, 2, 3 again"); said != (look == 2) {
			t.Errorf("look %d: %s", look+1, r.stderr)
		}
	}
	b.awaitGivenBack(t, vhost, "limited", 5)
	if got := peek("limited", "body", "--counts-as-delivery"); strings.Count(got.ok(t).stdout, "\n") != 5 ||
		!strings.Contains(got.stderr, "one too many for messages 1, 2, 3") {
		t.Errorf("the look that drops: %q, %s", got.stdout, got.stderr)
	}
}

// awaitGivenBack waits until the given number of messages in a queue are ready. A quorum queue of 3.10 gets the messages
// of a look back one after the other, and a new look can take others before the last one is back.
func (b *broker) awaitGivenBack(t *testing.T, vhost, queue string, ready int) {
	t.Helper()
	b.onChannel(t, vhost, func(ch *amqp.Channel) error {
		eventually(t, func() (bool, string) {
			q, err := ch.QueueDeclarePassive(queue, true, false, false, false, nil)
			return err == nil && q.Messages == ready, fmt.Sprintf("%d messages are ready, %v", q.Messages, err)
		})
		return nil
	})
}

// keepsOrder peeks at 10 of 100 messages. Then a consumer must get all of them in their order.
func (b *broker) keepsOrder(t *testing.T, vhost string, peek func(...string) ran) {
	t.Helper()
	quorum := map[string]any{"x-queue-type": "quorum"}
	if b.Release == "4.0" {
		quorum["x-delivery-limit"] = -1
	}
	for name, args := range map[string]map[string]any{"long classic": {"x-queue-type": "classic"}, "long quorum": quorum} {
		b.declare(t, vhost, name, args)
		b.publish(t, vhost, name, "--count", "100", "--confirm", "--persistent")
		peek(name, "--limit", "10").ok(t)
		if b.Release == "4.3" || name == "long classic" {
			// Messages that a peek has returned are delivered first again. On 4.3 a message can be taken and returned without a
			// counted delivery.
			peek(name, "--limit", "4").ok(t)
		} else if r := peek(name, "--limit", "10").ok(t); strings.Contains(r.stderr, "another order now") != true {
			t.Errorf("%s: %s", name, r.stderr)
		}
		got := b.devbroker(t, "consume", "-p", vhost, "--queue", name, "--count", "100", "--for", "10s",
			"--verbose").ok(t).stdout
		var want strings.Builder
		for i := range 100 {
			fmt.Fprintf(&want, "message message %d\n", i+1)
		}
		if !strings.Contains(got, want.String()) {
			t.Errorf("%s: %s", name, got)
		}
	}
}
