package messages

import (
	"strings"
	"testing"

	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// TestDeliveries: a look counts as a delivery. The notes name the messages whose delivery count has reached the limit:
// these leave the queue when they are given back. The notes also name the messages one below the limit: another look
// would remove these from the queue (measured on 3.10 and 4.0).
func TestDeliveries(t *testing.T) {
	t.Parallel()
	counts := []any{nil, int64(1), int64(2), int64(3), int32(2)}
	look := func(of viewed) string {
		d := deliveries{of: of}
		for i, n := range counts {
			m := &Message{Number: int64(i + 1)}
			if n != nil {
				m.Headers = amqp091.Table{"x-delivery-count": n}
			}
			d.add(m)
		}
		return strings.Join(d.notes(5), "\n")
	}
	for name, c := range map[string]struct {
		of   viewed
		want string
	}{
		"limit": {viewed{name: "qq", counts: true, hasLimit: true, limit: 3},
			"the queue counted this look as a delivery of 5 messages\n" +
				"this look was one too many for message 4: the queue drops it (no dead-letter exchange on qq)\n" +
				"do not look at messages 3, 5 again: after one more unacknowledged delivery the queue drops them " +
				"(no dead-letter exchange on qq)"},
		"dead letters": {viewed{name: "qq", counts: true, hasLimit: true, limit: 2, deadLetters: "dlx"},
			"the queue counted this look as a delivery of 5 messages\n" +
				"this look was one too many for messages 3, 4, 5: the queue dead-letters them to exchange dlx\n" +
				"do not look at message 2 again: after one more unacknowledged delivery the queue dead-letters it to exchange dlx"},
		"no limit": {viewed{name: "qq", counts: true},
			"the queue counted this look as a delivery of 5 messages"},
		"free": {viewed{name: "qq", hasLimit: true, limit: 3}, ""},
	} {
		if got := look(c.of); got != c.want {
			t.Errorf("%s:\n%s\nwant:\n%s", name, got, c.want)
		}
	}
	d := deliveries{of: viewed{counts: true, version: "3.10.8"}}
	d.add(&Message{Redelivered: true})
	if got := d.notes(2); len(got) != 2 || !strings.Contains(got[1], "another order now") {
		t.Errorf("%q", got)
	}
	if got := numbered([]int64{1, 2, 3, 4, 5, 6}); got != "6 messages" {
		t.Error(got)
	}
}

// TestDeadLetterExchange: an empty name is the default exchange, which takes dead letters as well. It does not mean that
// the queue has no dead-letter exchange.
func TestDeadLetterExchange(t *testing.T) {
	t.Parallel()
	for queue, want := range map[string]string{
		`{}`: "", `{"arguments":{"x-dead-letter-exchange":"dlx"}}`: "dlx",
		`{"arguments":{"x-dead-letter-exchange":""}}`:                 "(default)",
		`{"effective_policy_definition":{"dead-letter-exchange":""}}`: "(default)",
	} {
		if got := (viewed{raw: record.Value(queue), kind: "quorum"}).deadLetterExchange(); got != want {
			t.Errorf("%s: %q", queue, got)
		}
	}
}

// TestLimited: the delivery limit comes from the queue's argument, from a policy, or from the default of the release.
func TestLimited(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		version, queue string
		limit          int64
		has            bool
	}{
		{"3.10.8", `{}`, 0, false},
		{"4.0.5", `{}`, 20, true},
		{"4.0.5", `{"arguments":{"x-delivery-limit":-1}}`, -1, false},
		{"3.10.8", `{"arguments":{"x-delivery-limit":3}}`, 3, true},
		{"3.10.8", `{"effective_policy_definition":{"delivery-limit":0}}`, 0, true},
	} {
		q := viewed{raw: record.Value(c.queue), kind: "quorum", version: c.version}
		q.limited()
		if q.limit != c.limit || q.hasLimit != c.has {
			t.Errorf("%s %s: %d, %v", c.version, c.queue, q.limit, q.hasLimit)
		}
	}
}
