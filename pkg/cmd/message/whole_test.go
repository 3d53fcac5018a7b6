package message

import (
	"strings"
	"testing"
	"time"

	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/rabbitctl/rabbitctl/pkg/internal/golden"
	"github.com/rabbitctl/rabbitctl/pkg/messages"
)

// TestWhole: text that a publisher wrote cannot drive a terminal, and cannot look like a line of the command itself.
func TestWhole(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	dead := &messages.Message{Number: 1, RoutingKey: "orders.dlq", Publishing: amqp091.Publishing{
		ContentType: "application/json", Timestamp: now.Add(-time.Hour), MessageId: "a\nheaders\x1b[31m",
		Body: []byte(`{"order":{"id":7}}`), Headers: amqp091.Table{"source": "web\x07", "x-death": []any{amqp091.Table{
			"queue": "orders", "reason": "rejected", "exchange": "", "count": int64(2), "time": now.Add(-14 * time.Minute),
			"routing-keys": []any{"orders"}}}}}}
	text := &messages.Message{Number: 2, RoutingKey: "q",
		Publishing: amqp091.Publishing{Body: []byte("one\n\x1b]0;title\x07two")}}
	bytes := &messages.Message{Number: 3, Exchange: "e", Publishing: amqp091.Publishing{Body: []byte{0xff, 0, 1, 2}}}
	var whole, bodies, raw []byte
	for _, m := range []*messages.Message{dead, text, bytes} {
		whole, bodies = appendWhole(whole, m, now, true), appendBody(bodies, m, true)
		raw = appendBody(raw, m, false)
	}
	golden.Check(t, "whole", string(whole))
	if text, all := view().Whole(dead, now, false); !all || !strings.HasPrefix(string(text), "\nmessage 1\n") {
		t.Errorf("all %v: %s", all, text)
	}
	large := &messages.Message{Number: 4, Publishing: amqp091.Publishing{Body: []byte(strings.Repeat("\xff", 300))}}
	if _, all := view().Body(large, now, true); all {
		t.Error("300 bytes that are no text are said to be shown whole")
	}
	golden.Check(t, "bodies", string(bodies))
	if want := "{\"order\":{\"id\":7}}\none\n\x1b]0;title\x07two\n\xff\x00\x01\x02"; string(raw) != want {
		t.Errorf("%q, want %q", raw, want)
	}
}
