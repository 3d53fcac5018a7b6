package messages_test

import (
	"bytes"
	"strings"
	"testing"

	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/rabbitctl/rabbitctl/pkg/messages"
	"github.com/rabbitctl/rabbitctl/pkg/render"
)

// TestTable_hostile: no message makes any format send a control character to a terminal. In a pipe, each message stays
// one line of JSON.
func TestTable_hostile(t *testing.T) {
	t.Parallel()
	evil := "\x1b[2J\x00\u202e\u0085\x7f\r\n\t\u2028"
	bodies := [][]byte{[]byte(evil), []byte(`{"a":"` + "\x7f\u202e\u0085" + `"}`), []byte("\xff" + evil), zipped(evil)}
	table := messages.Table()
	columns, err := table.Select(append(table.Names(), "headers."+evil, "json.a"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range render.Formats() {
		if f.Format == render.Template {
			f.Format = "template={{.body}} {{.headers}} {{.type}} {{.preview}}"
		}
		for _, body := range bodies {
			m := &messages.Message{RoutingKey: evil + "\xff", Exchange: evil,
				Publishing: amqp091.Publishing{Type: evil, Body: body,
					Expiration: evil, Headers: amqp091.Table{evil: evil + "\xff", "CC": []any{evil}, "b": []byte(evil)}}}
			if bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
				m.ContentEncoding = "gzip"
			}
			for _, terminal := range []bool{true, false} {
				var b bytes.Buffer
				w, err := render.New(f.Format, &b, columns, render.Options{Terminal: terminal, NoHeaders: true})
				if err != nil {
					t.Fatal(err)
				}
				if err := w.Row(messages.Rows(columns)(m, noon())); err != nil {
					t.Fatal(err)
				}
				if err := w.Close(); err != nil {
					t.Fatal(err)
				}
				checkOutput(t, f.Format, terminal, b.String())
			}
		}
	}
}

func checkOutput(t *testing.T, f render.Format, terminal bool, out string) {
	t.Helper()
	if n := strings.Count(out, "\n"); f == render.JSONL && n != 1 {
		t.Errorf("%s, terminal %v: %d lines", f, terminal, n)
	}
	if !terminal {
		return
	}
	for _, hostile := range []string{"\x1b", "\x00", "\u202e", "\u0085", "\x7f", "\r", "\u2028", "\xff"} {
		if strings.Contains(out, hostile) {
			t.Errorf("%s has %q: %.200q", f, hostile, out)
		}
	}
}
