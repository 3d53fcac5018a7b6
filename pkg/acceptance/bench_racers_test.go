//go:build acceptance

package acceptance

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

func (m *messageBench) ourRacer(t testing.TB, messages, ready int, args ...string) racer {
	c := m.ours(args...)
	name := strings.ReplaceAll(c.name, m.folder+"/", "")
	return racer{name, messages, ready, func() cost { return measure(t, c.env, c.argv[0], c.argv[1:]...) }}
}

// timed returns a racer that runs inside this process. Only its wall time is measured.
func timed(t testing.TB, name string, messages, ready int, do func() error) racer {
	return racer{name, messages, ready, func() cost {
		began := time.Now()
		if err := do(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return cost{Wall: time.Since(began)}
	}}
}

func (m *messageBench) racers(t testing.TB) []racer {
	const n = benchMessages
	whole := m.path("whole")
	m.prepare(t, n)
	_ = os.Remove(whole)
	export := m.ours("export_messages", "src", whole, "--counts-as-delivery")
	if c := measure(t, export.env, export.argv[0], export.argv[1:]...); c.Code != 0 {
		t.Fatalf("export: exit %d", c.Code)
	}
	all := []racer{
		m.ourRacer(t, n, n, "move_messages", "src", "dst"),
		timed(t, "a one-off shovel, until the last message is there", n, n, func() error { return m.shovel(t) }),
		timed(t, "a pipe without confirms and acknowledgements", n, n, func() error { return m.pipe(t) }),
		m.ourRacer(t, n, n, "export_messages", "src", m.path("file"), "--counts-as-delivery"),
		m.ourRacer(t, n, n, "get_messages", "src", "--limit", "0", "--to", m.path("file"), "--yes"),
		timed(t, "a plain consumer that acknowledges", n, n, func() error { return m.plainly(t) }),
		m.ourRacer(t, n, 0, "import_messages", whole, "--queue", "dst"),
		m.ourRacer(t, n, 0, "publish_message", "--queue", "dst", "--lines", "--body-file", m.path("lines")),
		timed(t, "HTTP publish, one connection", benchSingly, 0, func() error {
			return m.overHTTP(path("exchanges", "/", "amq.default", "publish"), map[string]any{"routing_key": "dst",
				"properties": map[string]any{"delivery_mode": 2}, "payload": string(oneKB()), "payload_encoding": "string"})
		}),
		timed(t, "HTTP get, one connection", benchSingly, benchSingly, func() error {
			return m.overHTTP(path("queues", "/", "src", "get"), map[string]any{"count": 1, "ackmode": "ack_requeue_false",
				"encoding": "auto"})
		}),
		m.ourRacer(t, 10, 100, "-q", "peek_messages", "src", "--counts-as-delivery"),
	}
	if m.admin != "" {
		v1 := func(count string, messages int) racer {
			return racer{"rabbitmqadmin v1 get count=" + count, messages, n, func() cost {
				return measure(t, nil, python, m.admin, "-P", fmt.Sprint(m.ManagementPort), "get", "queue=src", "count="+count,
					"ackmode=ack_requeue_false")
			}}
		}
		all = append(all, v1("20000", n), v1("10", 10))
	}
	return all
}

// shovel moves all messages with a shovel that ends when it has moved as many messages as the queue had at the start.
func (m *messageBench) shovel(t testing.TB) error {
	m.do(t, "PUT", path("parameters", "shovel", "/", "bench"), map[string]any{"value": map[string]any{
		"src-uri": "amqp://", "dest-uri": "amqp://", "src-queue": "src", "dest-queue": "dst",
		"src-delete-after": "queue-length", "ack-mode": "on-confirm"}})
	m.awaits(t, "dst", benchMessages)
	return nil
}

// consumed consumes benchMessages messages of the source queue, and calls the given function with each of them. If
// ownAck is true, the consumer acknowledges nothing: the broker removes each message when it sends it. If ownAck is
// false, the given function must acknowledge the messages.
func (m *messageBench) consumed(ownAck bool, each func(*amqp.Channel, amqp.Delivery) error) error {
	conn, err := amqp.Dial(m.AMQPURL)
	if err != nil {
		return err
	}
	defer conn.Close()
	ch, err := conn.Channel()
	if err == nil {
		err = ch.Qos(1000, 0, false)
	}
	if err != nil {
		return err
	}
	deliveries, err := ch.Consume("src", "", ownAck, false, false, false, nil)
	if err != nil {
		return err
	}
	for range benchMessages {
		if err := each(ch, <-deliveries); err != nil {
			return err
		}
	}
	return nil
}

func (m *messageBench) pipe(t testing.TB) error {
	err := m.consumed(true, func(ch *amqp.Channel, d amqp.Delivery) error {
		return ch.Publish("", "dst", false, false, amqp.Publishing{DeliveryMode: amqp.Persistent, Body: d.Body})
	})
	if err == nil {
		m.awaits(t, "dst", benchMessages)
	}
	return err
}

func (m *messageBench) plainly(testing.TB) error {
	return m.consumed(false, func(_ *amqp.Channel, d amqp.Delivery) error {
		if d.DeliveryTag%500 != 0 {
			return nil
		}
		return d.Ack(true)
	})
}

// overHTTP sends the same request once for each of benchSingly messages.
func (m *messageBench) overHTTP(path string, body map[string]any) error {
	for range benchSingly {
		status, answer, err := m.request("POST", path, body)
		if err != nil {
			return err
		}
		if status != http.StatusOK {
			return fmt.Errorf("%d: %.200s", status, answer)
		}
	}
	return nil
}
