//go:build acceptance

package acceptance

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// slowWay is a proxy in front of a broker's AMQP port. Until it is opened, it passes only a limited number of bytes a
// second to the broker, so a test can act on the broker while messages are on their way.
type slowWay struct {
	url    string
	opened chan struct{}
	open   func()
}

func (b *broker) slowly(t *testing.T, bytesPerSecond int) slowWay {
	t.Helper()
	w := slowWay{opened: make(chan struct{})}
	w.open = sync.OnceFunc(func() { close(w.opened) })
	t.Cleanup(w.open)
	w.url = b.through(t, func(to io.Writer, from io.Reader) { w.copy(to, from, bytesPerSecond) }, unchanged)
	return w
}

// unchanged passes on what one side sends.
func unchanged(to io.Writer, from io.Reader) { _, _ = io.Copy(to, from) }

// through starts a proxy in front of the AMQP port, and returns its address. The function send copies what a client
// sends to the broker, and the function answer copies what the broker answers to the client. When send returns, the
// connection to the broker is closed. When answer returns, the connection to the client is closed.
func (b *broker) through(t *testing.T, send, answer func(to io.Writer, from io.Reader)) (url string) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			from, err := listener.Accept()
			if err != nil {
				return
			}
			to, err := (&net.Dialer{}).Dial("tcp", fmt.Sprintf("127.0.0.1:%d", b.AMQPPort))
			if err != nil {
				from.Close()
				continue
			}
			go func() { answer(from, to); from.Close() }()
			go func() { send(to, from); to.Close() }()
		}
	}()
	return "amqp://" + listener.Addr().String()
}

// untilAck copies what a client sends, up to its first acknowledgement of messages, the method 80 of class 60.
func untilAck(to io.Writer, from io.Reader) {
	piece := make([]byte, 1000)
	for {
		n, err := from.Read(piece)
		if err != nil || bytes.Contains(piece[:n], []byte{0, 60, 0, 80}) {
			return
		}
		if _, err := to.Write(piece[:n]); err != nil {
			return
		}
	}
}

func (w slowWay) copy(to io.Writer, from io.Reader, bytesPerSecond int) {
	piece := make([]byte, 1000)
	for {
		n, err := from.Read(piece)
		if err != nil {
			return
		}
		select {
		case <-w.opened:
		case <-time.After(time.Duration(n) * time.Second / time.Duration(bytesPerSecond)):
		}
		if _, err := to.Write(piece[:n]); err != nil {
			return
		}
	}
}

// slowMove is a running move. It is slow until the test calls hurry.
type slowMove struct {
	b               *broker
	vhost, from, to string
	hurry           func()
	done            chan ran
	// twice is the greatest number of messages that may be in both queues when the move has ended.
	twice int
}

// moveSlowly starts a slow move of messages, which connects to the AMQP port of the given node.
func (b *broker) moveSlowly(t *testing.T, through *broker, vhost, from, to string) slowMove {
	t.Helper()
	w := through.slowly(t, 10_000)
	m := slowMove{b: b, vhost: vhost, from: from, to: to, hurry: w.open, done: make(chan ran, 1)}
	ctx := t.Context()
	go func() {
		r, err := runIn(ctx, []string{"RABBITCTL_URL=" + b.URL}, program("rabbitctl"), "move_messages", from, to, "-p", vhost,
			"--amqp-url", w.url, "-o", "json")
		if err != nil {
			r.stderr += err.Error()
		}
		m.done <- r
	}()
	return m
}

// awaitMoved waits until the destination has at least the given number of messages. It fails the test if the move ends
// before.
func (m slowMove) awaitMoved(t *testing.T, many int) {
	t.Helper()
	eventually(t, func() (bool, string) {
		select {
		case r := <-m.done:
			t.Fatalf("%s to %s has ended before: exit %d\n%s%s", m.from, m.to, r.code, r.stdout, r.stderr)
		default:
		}
		n := m.b.ready(t, m.vhost, m.to)
		return n >= many, fmt.Sprintf("%d of %d messages are in %s", n, many, m.to)
	})
}

// ended waits for the end of the move and returns its result.
func (m slowMove) ended(t *testing.T) ran {
	t.Helper()
	select {
	case r := <-m.done:
		return r
	case <-time.After(patience):
		t.Fatalf("%s to %s does not end", m.from, m.to)
	}
	return ran{}
}

// ready returns how many ready messages a queue has now; it asks over AMQP.
func (b *broker) ready(t *testing.T, vhost, queue string) int {
	t.Helper()
	n := 0
	b.onChannel(t, vhost, func(ch *amqp.Channel) error {
		q, err := ch.QueueDeclarePassive(queue, true, false, false, false, nil)
		n = q.Messages
		return err
	})
	return n
}

func (b *broker) onChannel(t *testing.T, vhost string, do func(*amqp.Channel) error) {
	t.Helper()
	conn, err := amqp.DialConfig(b.AMQPURL, amqp.Config{Vhost: vhost})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ch, err := conn.Channel()
	if err == nil {
		err = do(ch)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// drained consumes all messages of a queue, and returns their bodies.
func (b *broker) drained(t *testing.T, vhost, queue string) (bodies []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	b.onChannel(t, vhost, func(ch *amqp.Channel) error {
		deliveries, err := ch.ConsumeWithContext(ctx, queue, "", true, false, false, false, nil)
		if err != nil {
			return err
		}
		for {
			select {
			case d, open := <-deliveries:
				if !open {
					return fmt.Errorf("the consumer of %s was ended", queue)
				}
				bodies = append(bodies, string(d.Body))
			case <-time.After(time.Second):
				q, err := ch.QueueDeclarePassive(queue, true, false, false, false, nil)
				if err != nil || q.Messages == 0 {
					return err
				}
			}
		}
	})
	return bodies
}

// holdAll fails the test unless the lists together have each of the published messages. The parameter twice is the
// largest number of duplicates that they may have.
func holdAll(t *testing.T, many, twice int, lists ...[]string) {
	t.Helper()
	seen, all := map[string]bool{}, 0
	for _, list := range lists {
		all += len(list)
		for _, body := range list {
			seen[body] = true
		}
	}
	if len(seen) != many || all > many+twice {
		t.Errorf("%d different messages of %d, and %d twice, where at most %d may be", len(seen), many, all-len(seen), twice)
	}
	t.Logf("%d messages, %d of them twice", many, all-len(seen))
}
