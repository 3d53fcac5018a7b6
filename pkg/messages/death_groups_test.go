package messages_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/rabbitctl/rabbitctl/pkg/messages"
)

func TestDeathGroups(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	dead := func(queue, reason string, ago time.Duration, exchange string, replayed int64, keys ...any) *messages.Message {
		m := &messages.Message{Publishing: amqp091.Publishing{Headers: amqp091.Table{"x-death": []any{
			amqp091.Table{"queue": queue, "reason": reason, "exchange": exchange, "count": int64(2), "time": now.Add(-ago),
				"routing-keys": keys},
			amqp091.Table{"queue": "older", "reason": "expired", "exchange": "e", "count": int64(9)}}}}}
		if replayed > 0 {
			m.Headers[messages.HeaderReplayed] = replayed
		}
		return m
	}
	var g messages.DeathGroups
	for _, m := range []*messages.Message{
		dead("mail", "rejected", 3*time.Minute, "", 0, "mail"),
		dead("orders", "rejected", 14*time.Minute, "", 0, "orders"),
		dead("orders", "expired", 2*time.Hour, "", 0, "orders"),
		dead("orders", "rejected", 10*time.Minute, "shop", 2, "new"),
		{},
		dead("orders", "rejected", 12*time.Minute, "", 0, "orders"),
	} {
		g.Add(m)
	}
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	want := []messages.DeathGroup{
		{Queue: "orders", Reason: "rejected", Count: 3, Oldest: ago(14 * time.Minute), Newest: ago(10 * time.Minute),
			Deaths: 2, Replayed: 2, Keys: []string{"orders"}, Ways: 2},
		{Queue: "orders", Reason: "expired", Count: 1, Oldest: ago(2 * time.Hour), Newest: ago(2 * time.Hour), Deaths: 2,
			Keys: []string{"orders"}, Ways: 1},
		{Count: 1, Ways: 1},
		{Queue: "mail", Reason: "rejected", Count: 1, Oldest: ago(3 * time.Minute), Newest: ago(3 * time.Minute), Deaths: 2,
			Keys: []string{"mail"}, Ways: 1},
	}
	if diff := cmp.Diff(want, g.All()); diff != "" {
		t.Error(diff)
	}
}
