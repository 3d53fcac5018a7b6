package amqp_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/rabbitctl/rabbitctl/pkg/amqp"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

func never(bool, string) {}

// TestDial_endsWithItsContext: Dial also ends with its context if a server accepts the connection and sends nothing.
func TestDial_endsWithItsContext(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		t.Cleanup(func() { conn.Close() })
		cancel()
	}()
	done := make(chan error, 1)
	go func() {
		_, err := amqp.Endpoint{URL: "amqp://guest:secret@" + l.Addr().String()}.Dial(ctx, never)
		done <- err
	}()
	select {
	case err := <-done:
		if fail.KindOf(err) != fail.Canceled {
			t.Errorf("%v (%s)", err, fail.KindOf(err))
		}
	case <-time.After(20 * time.Second):
		t.Error("it still waits")
	}
}

func TestDial_nobodyListens(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]fail.Kind{"amqp://guest:secret@127.0.0.1:1": fail.Unreachable,
		"http://127.0.0.1:1": fail.Unavailable} {
		if _, err := (amqp.Endpoint{URL: url}).Dial(t.Context(), never); fail.KindOf(err) != want {
			t.Errorf("%s: %v (%s)", url, err, fail.KindOf(err))
		}
	}
}

func TestReason(t *testing.T) {
	t.Parallel()
	if got := amqp.Reason(&amqp091.Error{Code: 320,
		Reason: "CONNECTION_FORCED - bye"}); got != "320 CONNECTION_FORCED - bye" {
		t.Error(got)
	}
	if got := amqp.Reason(nil); got != "connection closed" {
		t.Error(got)
	}
}

type word struct {
	taken bool
	err   error
}

func (w word) WaitContext(context.Context) (bool, error) { return w.taken, w.err }

func TestSettle(t *testing.T) {
	t.Parallel()
	words := []word{{taken: true}, {}, {err: errors.New("the time is over")}, {taken: true}}
	if got, want := amqp.Settle(t.Context(), words), (amqp.Confirmed{Taken: 2, Refused: 1, Unknown: 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}
