package change

import (
	"bytes"
	"testing"
	"time"

	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/rabbitctl/rabbitctl/pkg/messages"
)

// screen is standard output at a terminal.
type screen struct{ bytes.Buffer }

func (*screen) Sync() error    { return nil }
func (*screen) Close() error   { return nil }
func (*screen) Discard() error { return nil }
func (*screen) Terminal() bool { return true }

// TestGet_showsMessagesAtATerminal: get must not remove a message that the terminal cannot show whole. tap, which only
// copies messages, shows as much of it as it can.
func TestGet_showsMessagesAtATerminal(t *testing.T) {
	t.Parallel()
	shown := func(m *messages.Message, _ time.Time, first bool) ([]byte, bool) {
		text := string(m.Body)
		if !first {
			text = "|" + text
		}
		return []byte(text), len(m.Body) < 5
	}
	for name, remove := range map[string]bool{"get": true, "tap": false} {
		var out screen
		x := &exporting{file: "-", view: View{Whole: shown}, taking: taking{remove: remove, at: Site{Clock: stopped{}}}}
		sink, err := x.sink(&out)
		if err != nil {
			t.Fatal(err)
		}
		for i, body := range []string{"one", "two", "a long one"} {
			m := &messages.Message{Number: int64(i + 1), Publishing: amqp091.Publishing{Body: []byte(body)}}
			if err := sink.Put(t.Context(), m); (err != nil) != (remove && i == 2) {
				t.Errorf("%s, %s: %v", name, body, err)
			}
		}
		safe, err := sink.Settle(t.Context(), 0)
		want, many := "one|two|a long one", 3
		if remove {
			want, many = "one|two", 2
		}
		if got := out.String(); got != want || len(safe) != many || err != nil {
			t.Errorf("%s: %q, %v, %v", name, got, safe, err)
		}
	}
	x := &exporting{file: "-", bodies: true, taking: taking{remove: true, at: Site{Clock: stopped{}}},
		view: View{Body: shown}}
	var pipe aPipe
	sink, err := x.sink(&pipe)
	if err != nil {
		t.Fatal(err)
	}
	err = sink.Put(t.Context(), &messages.Message{Publishing: amqp091.Publishing{Body: []byte("a long one")}})
	if _, wrong := sink.Settle(t.Context(), 0); err != nil || wrong != nil || pipe.String() != "a long one\n" {
		t.Errorf("in a pipe: %q, %v, %v", pipe.String(), err, wrong)
	}
}

// aPipe is standard output in a pipe.
type aPipe struct{ screen }

func (*aPipe) Terminal() bool { return false }

// stopped is a clock that stands still.
type stopped struct{ Clock }

func (stopped) Now() time.Time { return time.Time{} }
