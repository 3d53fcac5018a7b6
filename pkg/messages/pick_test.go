package messages_test

import (
	"testing"
	"time"

	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/messages"
)

func TestPicker(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	m := &messages.Message{RoutingKey: "orders", Number: 3, Publishing: amqp091.Publishing{
		Headers: amqp091.Table{"shop": "eu", "level": int32(5)}, Body: []byte(`{"order":{"id":7}}`), Priority: 4}}
	for where, want := range map[string]bool{
		`routing_key == "orders"`: true,
		`headers["shop"] == "eu"`: true,
		`headers.level > 5`:       false,
		`json.order.id == 7`:      true,
		`json.order.id != 7`:      false,
		`priority == 4`:           true,
		// The message has no timestamp. A condition on an unknown value selects no message, whether it says > or <=.
		`age > 300`:  false,
		`age <= 300`: false,
	} {
		pick, err := messages.Picker(where, func() time.Time { return now })
		if err != nil {
			t.Errorf("%s: %v", where, err)
			continue
		}
		if got, err := pick(m); got != want || err != nil {
			t.Errorf("%s: %v, %v", where, got, err)
		}
	}
	if pick, err := messages.Picker("", nil); pick != nil || err != nil {
		t.Errorf("no filter: %v", err)
	}
	if _, err := messages.Picker("prioriti == 4", nil); fail.KindOf(err) != fail.Usage {
		t.Error(err)
	}
}
