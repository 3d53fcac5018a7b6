package messages_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/rabbitctl/rabbitctl/pkg/messages"
)

// typical returns a persistent message with a body of 1 KB and a few headers.
func typical() *messages.Message {
	return &messages.Message{Publishing: amqp091.Publishing{ContentType: "application/json", DeliveryMode: 2,
		MessageId: "0e8a3d0c-9a3b-4f57-a0d5-0b5f4a5d9f10", Body: bytes.Repeat([]byte("0123456789abcdef"), 64),
		Headers: amqp091.Table{"tenant": "acme", "attempt": int32(1)}}, RoutingKey: "orders"}
}

// BenchmarkFileSink settles after each 500 messages, as moves do: in memory, with gzip, and to a file on disk.
func BenchmarkFileSink(b *testing.B) {
	run := func(b *testing.B, w io.Writer, disk interface{ Sync() error }, gzip bool) {
		s, err := messages.NewFileSink(messages.FileTarget{Writer: w, Disk: disk, Gzip: gzip, Now: clock},
			messages.FileHeader{})
		if err != nil {
			b.Fatal(err)
		}
		m := typical()
		b.ReportAllocs()
		b.ResetTimer()
		for b.Loop() {
			m.Number++
			if err := s.Put(b.Context(), m); err != nil {
				b.Fatal(err)
			}
			if _, err := s.Settle(b.Context(), 500); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
	}
	b.Run("memory", func(b *testing.B) { run(b, io.Discard, nil, false) })
	b.Run("gzip", func(b *testing.B) { run(b, io.Discard, nil, true) })
	b.Run("fsync", func(b *testing.B) {
		f, err := os.Create(filepath.Join(b.TempDir(), "messages.jsonl"))
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		run(b, f, f, false)
	})
}

func BenchmarkFileSource(b *testing.B) {
	var all []*messages.Message
	for range 2000 {
		all = append(all, typical())
	}
	text := written(b, false, all...)
	run := func(b *testing.B, pass func() error) {
		b.ReportAllocs()
		n := 0
		for b.Loop() {
			if err := pass(); err != nil {
				b.Fatal(err)
			}
			n += len(all)
		}
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "messages/s")
	}
	b.Run("verify", func(b *testing.B) {
		run(b, func() error {
			_, err := messages.VerifyFile(b.Context(), bytes.NewReader(text), messages.FileOptions{})
			return err
		})
	})
	b.Run("read", func(b *testing.B) {
		run(b, func() error {
			s, err := messages.NewFileSource(bytes.NewReader(text), messages.FileOptions{})
			for err == nil {
				_, err = s.Next(b.Context())
			}
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		})
	})
}
