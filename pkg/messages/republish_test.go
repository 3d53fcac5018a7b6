package messages_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/rabbitctl/rabbitctl/pkg/messages"
)

// death returns an entry of the header x-death as 4.3 writes it.
func death(queue, reason string, count int64) amqp091.Table {
	return amqp091.Table{"queue": queue, "reason": reason, "count": count, "time": time.Unix(1700000000, 0),
		"exchange":     "ex",
		"routing-keys": []any{"a", "cc"}, "original-expiration": "3000"}
}

func TestRepublish(t *testing.T) {
	t.Parallel()
	deaths := []any{death("orders", "rejected", 3), death("mail", "expired", 1)}
	origin := amqp091.Table{"queue": "orders", "exchange": "ex", "routing-keys": []any{"a", "cc"}, "reason": "rejected",
		"time": time.Unix(1700000000, 0)}
	for name, c := range map[string]struct {
		how     messages.Republish
		in, out amqp091.Publishing
		changes messages.Changes
	}{
		"nothing to change": {messages.Republish{User: "me"}, amqp091.Publishing{UserId: "me", Priority: 3},
			amqp091.Publishing{UserId: "me", Priority: 3}, messages.Changes{}},
		"counts": {messages.Republish{}, amqp091.Publishing{Headers: amqp091.Table{"x-delivery-count": int64(2),
			"x-acquired-count": int64(2), "x-stream-offset": int64(7), "x-death": deaths, "a": "b"}},
			amqp091.Publishing{Headers: amqp091.Table{"x-death": deaths, "a": "b"}}, messages.Changes{Counts: 1}},
		"CC": {messages.Republish{}, amqp091.Publishing{Headers: amqp091.Table{"CC": []any{"x"}, "BCC": "no list"}},
			amqp091.Publishing{Headers: amqp091.Table{"x-rabbitctl-cc": []any{"x"}, "x-rabbitctl-bcc": "no list"}},
			messages.Changes{CC: 1}},
		"user-id": {messages.Republish{User: "me"}, amqp091.Publishing{UserId: "you"},
			amqp091.Publishing{Headers: amqp091.Table{"x-rabbitctl-user-id": "you"}}, messages.Changes{UserID: 1}},
		"kept user-id": {messages.Republish{User: "me", KeepUserID: true}, amqp091.Publishing{UserId: "you"},
			amqp091.Publishing{UserId: "you"}, messages.Changes{}},
		"expiration": {messages.Republish{}, amqp091.Publishing{Expiration: "0"}, amqp091.Publishing{Expiration: "0"},
			messages.Changes{Expiration: 1}},
		"AMQP 1.0": {messages.Republish{}, amqp091.Publishing{Type: "amqp-1.0"}, amqp091.Publishing{Type: "amqp-1.0"},
			messages.Changes{AMQP10: 1}},
		"AMQP 1.0 id": {messages.Republish{}, amqp091.Publishing{Headers: amqp091.Table{"x-message-id": []byte{1}}},
			amqp091.Publishing{Headers: amqp091.Table{"x-message-id": []byte{1}}}, messages.Changes{AMQP10: 1}},
		"replay": {messages.Republish{Replay: true}, amqp091.Publishing{Headers: amqp091.Table{"x-death": deaths}},
			amqp091.Publishing{Headers: amqp091.Table{"x-death": deaths, "x-rabbitctl-replayed": int64(1),
				"x-rabbitctl-origin": origin}}, messages.Changes{}},
		"replay again": {messages.Republish{Replay: true}, amqp091.Publishing{Headers: amqp091.Table{
			"x-death": []any{death("orders", "expired", 1)}, "x-rabbitctl-replayed": int32(4), "x-rabbitctl-origin": origin}},
			amqp091.Publishing{Headers: amqp091.Table{"x-death": []any{death("orders", "expired", 1)},
				"x-rabbitctl-replayed": int64(5), "x-rabbitctl-origin": origin}}, messages.Changes{}},
		"replay of one that did not die": {messages.Republish{Replay: true}, amqp091.Publishing{},
			amqp091.Publishing{Headers: amqp091.Table{"x-rabbitctl-replayed": int64(1)}}, messages.Changes{}},
		"no mark": {messages.Republish{Replay: true, NoMark: true}, amqp091.Publishing{Headers: amqp091.Table{"x-death": deaths}},
			amqp091.Publishing{Headers: amqp091.Table{"x-death": deaths}}, messages.Changes{}},
	} {
		in := &messages.Message{Publishing: c.in, Number: 7, RoutingKey: "dlq"}
		before := len(c.in.Headers)
		got, changes := c.how.Of(in)
		if diff := cmp.Diff(&messages.Message{Publishing: c.out, Number: 7, RoutingKey: "dlq"}, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if changes != c.changes {
			t.Errorf("%s: %+v", name, changes)
		}
		if len(in.Headers) != before || in.UserId != c.in.UserId {
			t.Errorf("%s: the message itself was changed", name)
		}
	}
}

func TestChanges_told(t *testing.T) {
	t.Parallel()
	var c messages.Changes
	if c.Told() != nil {
		t.Error(c.Told())
	}
	for range 3 {
		c.Add(messages.Changes{UserID: 1, Counts: 1})
	}
	c.Add(messages.Changes{CC: 1, Expiration: 2, AMQP10: 1})
	got := c.Told()
	if len(got) != 4 || !slices.ContainsFunc(got, func(s string) bool {
		return s == "3 messages had the user-id of another user, which is now in the header x-rabbitctl-user-id"
	}) || !strings.HasPrefix(got[0], "1 message had the header CC") {
		t.Errorf("%q", got)
	}
}

func TestDeathOf(t *testing.T) {
	t.Parallel()
	at := time.Unix(1700000000, 0)
	full := messages.Death{Queue: "orders", Reason: "rejected", Exchange: "ex", Keys: []string{"a", "cc"}, At: at,
		Count:      3,
		Expiration: "3000"}
	for name, c := range map[string]struct {
		headers amqp091.Table
		want    messages.Death
	}{
		"none":        {nil, messages.Death{}},
		"the newest":  {amqp091.Table{"x-death": []any{death("orders", "rejected", 3), death("a", "b", 1)}}, full},
		"odd entries": {amqp091.Table{"x-death": []any{"x", nil, death("orders", "rejected", 3)}}, full},
		"from a file without types": {amqp091.Table{"x-death": []any{amqp091.Table{"queue": "q", "count": 2.0,
			"time": "2023-11-14T22:13:20Z", "routing-keys": []any{[]byte("k"), 7}}}},
			messages.Death{Queue: "q", Count: 2, At: at.UTC(), Keys: []string{"k", ""}}},
		"wrong types": {amqp091.Table{"x-death": []any{amqp091.Table{"queue": 7, "count": "x", "time": true, "routing-keys": "k",
			"reason": nil}}}, messages.Death{}},
		"no list": {amqp091.Table{"x-death": "x", "x-last-death-queue": "l", "x-last-death-reason": "maxlen",
			"x-first-death-queue": "f"}, messages.Death{Queue: "l", Reason: "maxlen"}},
		"3.10 without the list": {amqp091.Table{"x-first-death-queue": "f", "x-first-death-exchange": "e"},
			messages.Death{Queue: "f", Exchange: "e"}},
	} {
		got, died := messages.DeathOf(&messages.Message{Publishing: amqp091.Publishing{Headers: c.headers}})
		if diff := cmp.Diff(c.want, got); diff != "" || died != (name != "none") {
			t.Errorf("%s: %v %s", name, died, diff)
		}
	}
}

func TestStreamUnfit(t *testing.T) {
	t.Parallel()
	for want, headers := range map[string]amqp091.Table{
		"": {"a": "b", "n": int64(1), "t": time.Unix(1, 0), "v": nil},
		`header "l" is a list, which a stream drops`:          {"a": "b", "l": []any{}},
		`header "t" is a table, which a stream drops`:         {"t": amqp091.Table{}},
		`header "b" is bytes, which a stream turns into text`: {"b": []byte{}, "c": []any{}},
		`header "z" has a decimal, and a broker closes the connection that sends one to a stream`: {"a": []any{},
			"z": amqp091.Table{"x": []any{amqp091.Decimal{}}}},
	} {
		if got := messages.StreamUnfit(&messages.Message{Publishing: amqp091.Publishing{Headers: headers}}); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}
