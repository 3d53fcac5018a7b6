//go:build acceptance

package acceptance

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// benchMessages is the number of messages of 1 KB that a program moves, writes or publishes. benchSingly is that number
// where each message needs a request of its own.
const (
	benchMessages = 20_000
	benchSingly   = 500
)

// BenchmarkMessages compares rabbitctl's message commands with other means for the same work on the same broker: a
// one-off shovel, rabbitmqadmin v1 from the broker's management plugin (4.3 no longer has it), HTTP, a plain consumer,
// and a consumer that publishes without confirms.
func BenchmarkMessages(b *testing.B) {
	for _, release := range options.releases {
		b.Run(release, func(b *testing.B) {
			k, end := ownBroker(b, options.suite+"-bench-"+release, release)
			defer end()
			m := newMessageBench(b, k)
			for _, kind := range []string{"classic", "quorum"} {
				b.Run(kind, func(b *testing.B) {
					for range b.N {
						m.race(b, kind, 3)
					}
				})
			}
		})
	}
}

// racer is one way to handle messages.
type racer struct {
	name string
	// messages is the number of messages that the racer handles.
	messages int
	// ready is the number of messages in the source before the run.
	ready int
	// run handles the messages and returns the cost of that.
	run func() cost
}

type messageBench struct {
	*broker
	ch     *amqp.Channel
	folder string
	// admin is the path of rabbitmqadmin v1; "" where the broker has none.
	admin string
}

func newMessageBench(t testing.TB, k *broker) *messageBench {
	t.Helper()
	conn, err := amqp.Dial(k.AMQPURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	m := &messageBench{broker: k, folder: t.TempDir()}
	if m.ch, err = conn.Channel(); err == nil {
		err = m.ch.Confirm(false)
	}
	if err != nil {
		t.Fatal(err)
	}
	if status, text, err := k.request("GET", "/../cli/rabbitmqadmin", nil); err == nil && status == http.StatusOK &&
		bytes.HasPrefix(text, []byte("#!")) {
		m.admin = m.path("rabbitmqadmin")
		if err := os.WriteFile(m.admin, text, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(m.path("lines"), bytes.Repeat(append(oneKB(), '\n'), benchMessages), 0o600); err != nil {
		t.Fatal(err)
	}
	return m
}

func oneKB() []byte { return bytes.Repeat([]byte("x"), 1000) }

func (m *messageBench) path(name string) string { return filepath.Join(m.folder, name) }

// race runs all racers in turn, in reverse order in every second round, and prints the medians.
func (m *messageBench) race(t testing.TB, kind string, rounds int) {
	t.Helper()
	for _, name := range []string{"src", "dst"} {
		_, _, _ = m.request("DELETE", path("queues", "/", name), nil)
		m.do(t, "PUT", path("queues", "/", name), map[string]any{"durable": true,
			"arguments": map[string]any{"x-queue-type": kind}})
	}
	all := m.racers(t)
	contenders, runs := make([]contender, len(all)), make([][]figures, len(all))
	for round := range rounds {
		for step := range all {
			i := step
			if round%2 == 1 {
				i = len(all) - 1 - step
			}
			r := all[i]
			contenders[i] = contender{name: fmt.Sprintf("%s (%d messages)", r.name, r.messages)}
			m.prepare(t, r.ready)
			before := processCPU(m.PID)
			spent := r.run()
			if spent.Code != 0 {
				t.Fatalf("%s: exit %d", r.name, spent.Code)
			}
			runs[i] = append(runs[i], figures{spent, processCPU(m.PID) - before})
		}
	}
	fmt.Printf("\nRabbitMQ %s, %s queues: messages of 1 KB (medians of %d)\n", m.Version, kind, rounds)
	table(os.Stdout, contenders, runs)
	first := median(runs[0])
	rate := func(i int) float64 { return float64(all[i].messages) / median(runs[i]).Wall.Seconds() }
	for i := range all {
		ofFirst := rate(i) / (float64(all[0].messages) / first.Wall.Seconds())
		fmt.Printf("%9.0f messages/s  %5.2f of the first  %s\n", rate(i), ofFirst,
			all[i].name)
	}
}

// prepare empties both queues, publishes the given number of messages to the source, and removes the file of the last
// run.
func (m *messageBench) prepare(t testing.TB, ready int) {
	t.Helper()
	for _, name := range []string{"src", "dst"} {
		if _, err := m.ch.QueuePurge(name, false); err != nil {
			t.Fatal(err)
		}
	}
	var last *amqp.DeferredConfirmation
	for range ready {
		var err error
		last, err = m.ch.PublishWithDeferredConfirm("", "src", false, false,
			amqp.Publishing{DeliveryMode: amqp.Persistent, Body: oneKB()})
		if err != nil {
			t.Fatal(err)
		}
	}
	if last != nil {
		last.Wait()
	}
	for _, name := range []string{"file", "file.progress"} {
		_ = os.Remove(m.path(name))
	}
}

// awaits waits until a queue has at least the given number of ready messages.
func (m *messageBench) awaits(t testing.TB, name string, want int) {
	for end := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		q, err := m.ch.QueueDeclarePassive(name, true, false, false, false, nil)
		if err != nil {
			t.Fatal(err)
		}
		if q.Messages >= want {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("queue %s has %d of %d messages", name, q.Messages, want)
		}
	}
}
