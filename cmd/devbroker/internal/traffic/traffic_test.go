package traffic

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/rabbitctl/rabbitctl/pkg/amqp"
)

func TestBody(t *testing.T) {
	for _, c := range []struct {
		text         string
		number, size int
		want         string
	}{
		{"", 7, 0, "message 7"}, {"", 7, 12, "message 7xxx"}, {"", 7, 3, "mes"}, {"hi", 1, 0, "hi"}, {"hi", 1, 4, "hixx"},
	} {
		if got := string(body(c.text, c.number, c.size)); got != c.want {
			t.Errorf("%+v: got %q", c, got)
		}
	}
}

func TestSetProperty(t *testing.T) {
	var m amqp091.Publishing
	for _, text := range []string{"content_type=text/plain", "priority=5", "header.x-n=7", "header.on=true",
		"header.s=a=b", "timestamp=60", "expiration=1000"} {
		if err := SetProperty(&m, text); err != nil {
			t.Error(err)
		}
	}
	want := amqp091.Publishing{ContentType: "text/plain", Priority: 5, Expiration: "1000", Timestamp: time.Unix(60, 0),
		Headers: amqp091.Table{"x-n": int64(7), "on": true, "s": "a=b"}}
	if diff := cmp.Diff(want, m); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []string{"", "=x", "priority", "priority=-1", "priority=256", "timestamp=now", "color=red"} {
		if err := SetProperty(&m, bad); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}

func TestPaceEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	n := 0
	for p := newPace(100); p.wait(ctx); {
		n++
	}
	// The first wait ends at once, and each further one after 10 ms: at most 6 in 50 ms, and fewer on a busy machine.
	if n < 1 || n > 6 {
		t.Errorf("%d in 50 ms at 100 a second", n)
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("gone") }

func TestLines(t *testing.T) {
	var out bytes.Buffer
	l := NewLines(&out)
	l.Printf("published %d", 7)
	if out.String() != "published 7\n" || l.Err() != nil {
		t.Errorf("got %q, %v", out.String(), l.Err())
	}
	broken := NewLines(brokenWriter{})
	broken.Printf("x")
	if broken.Err() == nil {
		t.Error("a reader that went away is not noticed")
	}
}

func TestNobodyListens(t *testing.T) {
	end := amqp.Endpoint{URL: "amqp://guest:guest@127.0.0.1:1"}
	err := Publishing{Endpoint: end, Key: "q", Count: 1, ConfirmLimit: time.Second}.Run(t.Context(),
		NewLines(&bytes.Buffer{}))
	if err == nil {
		t.Error("no error")
	}
}
