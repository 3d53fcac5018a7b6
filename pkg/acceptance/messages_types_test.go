//go:build acceptance

package acceptance

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/rabbitctl/rabbitctl/pkg/messages"
)

// TestMessageFile_keepsTypes: what Pika publishes with every property and every type of header, and bodies of up to 16
// MiB, is the same for Pika after it went through a file.
func TestMessageFile_keepsTypes(t *testing.T) {
	needPika(t)
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "types ")
		for _, queue := range []string{"from", "to"} {
			b.do(t, "PUT", path("queues", vhost, queue), map[string]any{"durable": true})
		}
		pika := func(do, queue string) string {
			return run(t, nil, python, filepath.Join("testdata", "messages", "every_type.py"), do, queue, "--port",
				fmt.Sprint(b.AMQPPort), "--vhost", vhost).ok(t).stdout
		}
		pika("publish", "from")
		for _, gzip := range []bool{false, true} {
			p := b.publisher(t, vhost)
			p.refill("to", p.filed("from", gzip))
			want := pika("print", "from")
			if got := pika("print", "to"); got != want || strings.Count(want, "header") < 20 {
				t.Errorf("gzip %v: %s", gzip, cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")))
			}
			if !gzip {
				pika("publish", "from")
			}
		}
	})
}

// filed reads the messages of a queue into a file and gives them back.
func (p publisher) filed(queue string, gzip bool) []byte {
	p.t.Helper()
	ch, err := p.conn.Channel()
	if err != nil {
		p.t.Fatal(err)
	}
	defer ch.Close()
	var text bytes.Buffer
	sink, err := messages.NewFileSink(messages.FileTarget{Writer: &text, Gzip: gzip, Now: time.Now}, messages.FileHeader{})
	if err != nil {
		p.t.Fatal(err)
	}
	for n := int64(1); ; n++ {
		d, found, err := ch.Get(queue, false)
		if err != nil {
			p.t.Fatal(err)
		}
		if !found {
			break
		}
		m := &messages.Message{Exchange: d.Exchange, RoutingKey: d.RoutingKey, Number: n, Publishing: amqp.Publishing{
			Headers: d.Headers, ContentType: d.ContentType, ContentEncoding: d.ContentEncoding, DeliveryMode: d.DeliveryMode,
			Priority: d.Priority, CorrelationId: d.CorrelationId, ReplyTo: d.ReplyTo, Expiration: d.Expiration,
			MessageId: d.MessageId, Timestamp: d.Timestamp, Type: d.Type, UserId: d.UserId, AppId: d.AppId, Body: d.Body}}
		if err := sink.Put(p.t.Context(), m); err != nil {
			p.t.Fatal(err)
		}
	}
	if err := sink.Close(); err != nil {
		p.t.Fatal(err)
	}
	return text.Bytes()
}

// refill publishes the messages of a file.
func (p publisher) refill(queue string, text []byte) {
	p.t.Helper()
	ch, err := p.conn.Channel()
	if err != nil {
		p.t.Fatal(err)
	}
	defer ch.Close()
	if err := ch.Confirm(false); err != nil {
		p.t.Fatal(err)
	}
	source, err := messages.NewFileSource(bytes.NewReader(text), messages.FileOptions{})
	for err == nil {
		var m *messages.Message
		if m, err = source.Next(p.t.Context()); err != nil {
			break
		}
		c, sent := ch.PublishWithDeferredConfirm("", queue, true, false, m.Publishing)
		if sent != nil {
			p.t.Fatal(sent)
		}
		if taken, err := c.WaitContext(p.t.Context()); !taken || err != nil {
			p.t.Fatalf("message %d: %v, %v", m.Number, taken, err)
		}
	}
	if !errors.Is(err, io.EOF) {
		p.t.Fatal(err)
	}
}
