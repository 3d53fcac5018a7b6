//go:build acceptance

package acceptance

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// consumersAtOnce is the number of consumers that the benchmark puts on one channel.
const consumersAtOnce = 200

// consume starts the given number of consumers, one on each of the first queues that the method fill has declared. The
// consumers last until the returned connection is closed. consume returns when the broker counts all of them.
func (b *broker) consume(t testing.TB, consumers int) *amqp.Connection {
	t.Helper()
	conn, err := amqp.Dial(b.AMQPURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	var ch *amqp.Channel
	for i := range consumers {
		if i%consumersAtOnce == 0 {
			if ch, err = conn.Channel(); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := ch.Consume(fmt.Sprintf("q%05d", i), "", true, false, false, true, nil); err != nil {
			t.Fatal(err)
		}
	}
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(500 * time.Millisecond) {
		var seen struct {
			Totals struct{ Consumers int } `json:"object_totals"`
		}
		_, body, err := b.request("GET", "/overview?columns=object_totals", nil)
		if err == nil && json.Unmarshal(body, &seen) == nil && seen.Totals.Consumers == consumers {
			return conn
		}
		if time.Now().After(deadline) {
			t.Fatalf("not all of %d consumers are counted: %s %v", consumers, body, err)
		}
	}
}
