package messages_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/rabbitctl/rabbitctl/pkg/messages"
)

// TestFileSource_others: messages in the files of other programs are read completely, and VerifyFile names the format
// of the file.
func TestFileSource_others(t *testing.T) {
	t.Parallel()
	rabtap := `{
  "Headers": {"n": 9007199254740993, "f": 1.5, "list": [true, null, {"a": "b"}], "empty": {}},
  "ContentType": "text/plain", "ContentEncoding": "", "DeliveryMode": 2, "Priority": 0, "CorrelationID": "c", "ReplyTo": "",
  "Expiration": "", "MessageID": "m", "Timestamp": "0001-01-01T00:00:00Z", "Type": "", "UserID": "", "AppID": "",
  "DeliveryTag": 1, "Redelivered": true, "Exchange": "ex", "RoutingKey": "key",
  "XRabtapReceivedTimestamp": "2019-12-29T21:51:33.52288901+01:00", "Body": "SGVsbG8="
}
`
	of := func(p amqp091.Publishing, exchange, key string) *messages.Message {
		return &messages.Message{Publishing: p, Exchange: exchange, RoutingKey: key, Number: 1}
	}
	fromRabtap := of(amqp091.Publishing{Headers: amqp091.Table{"n": int64(1<<53 + 1), "f": 1.5,
		"list": []any{true, nil, amqp091.Table{"a": "b"}}, "empty": amqp091.Table{}}, ContentType: "text/plain", DeliveryMode: 2,
		CorrelationId: "c", MessageId: "m", Body: []byte("Hello")}, "ex", "key")
	fromRabtap.Redelivered = true
	for name, c := range map[string]struct {
		text, format string
		want         *messages.Message
	}{
		"rabtap": {rabtap, "rabtap", fromRabtap},
		"rmq-dump": {`{"vhost":"\/","queue":"q","exchange":"","routing_key":"q","headers":[],"properties":` +
			`{"content_type":"text\/plain","delivery_mode":2,"timestamp":1700000000},"body":"caf\u00e9"}`, "rmq-dump",
			of(amqp091.Publishing{ContentType: "text/plain", DeliveryMode: 2, Timestamp: time.Unix(1700000000, 0),
				Body: []byte("café")}, "", "q")},
		"management API": {`[{"payload_bytes":2,"redelivered":false,"exchange":"","routing_key":"q","message_count":0,` +
			`"properties":{"headers":{"a":1}},"payload":"//8=","payload_encoding":"base64"}]`, "management API",
			of(amqp091.Publishing{Headers: amqp091.Table{"a": int64(1)}, Body: []byte{0xff, 0xff}}, "", "q")},
		"encoding first": {`{"payload_encoding":"base64","properties":[],"payload":"//8="}`, "management API",
			of(amqp091.Publishing{Body: []byte{0xff, 0xff}}, "", "")},
		"people": {`{"routing_key":"q","body":"hi","message_id":"7","priority":3,"headers":{"a":{"b":[]}}}`, "JSON",
			of(amqp091.Publishing{MessageId: "7", Priority: 3, Headers: amqp091.Table{"a": amqp091.Table{"b": []any{}}},
				Body: []byte("hi")}, "", "q")},
		"JSON body":   {`{"body": {"order" : [1, 2]}, "app_id": null}`, "JSON", of(amqp091.Publishing{Body: []byte(`{"order":[1,2]}`)}, "", "")},
		"a Delivery":  {`{"MessageId":"1","AppId":"2","Body":null,"MessageCount":0}`, "rabtap", of(amqp091.Publishing{MessageId: "1", AppId: "2"}, "", "")},
		"escaped b64": {`{"Body":"\/\/8="}`, "rabtap", of(amqp091.Publishing{Body: []byte{0xff, 0xff}}, "", "")},
	} {
		got, _, err := read([]byte(c.text), messages.FileOptions{})
		if err != nil || len(got) != 1 {
			t.Errorf("%s: %d messages, %v", name, len(got), err)
			continue
		}
		if diff := cmp.Diff(c.want, got[0]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		facts, err := messages.VerifyFile(t.Context(), strings.NewReader(c.text), messages.FileOptions{})
		if facts.Format != c.format || !facts.TypesLost() || err != nil || facts.Unused != nil {
			t.Errorf("%s: %+v, %v", name, facts, err)
		}
	}
}

func TestFileSource_othersAreManyOrWrong(t *testing.T) {
	t.Parallel()
	one := `{"body":"x"}`
	for text, want := range map[string]string{
		one + one:                        "",
		one + "\n\n" + one + "\n":        "",
		"[" + one + ", " + one + "]\n":   "",
		one + "\n" + `{"body":`:          "orders.jsonl ends in the middle of message 2",
		one + "\nx":                      "orders.jsonl, message 2: invalid character 'x' at start of value",
		one + "7":                        "orders.jsonl, message 2: 7 where an object should be",
		"[" + one + "]" + one:            "orders.jsonl, message 2: text after the end of the list",
		"[]":                             "orders.jsonl has no message",
		" \n":                            "orders.jsonl has no message",
		`{"key":"q"}`:                    "orders.jsonl, message 1: a message needs a body",
		`{"body":"x","priority":256}`:    `orders.jsonl, message 1: "256": value out of range`,
		`{"body":"x","headers":7}`:       "orders.jsonl, message 1: 7 where an object should be",
		`{"body":"x","timestamp":"n"}`:   `orders.jsonl, message 1: parsing time "n"`,
		`{"body":"x","expiration":"1h"}`: `orders.jsonl, message 1: expiration "1h" is not a number of milliseconds`,
		`{"body":"x","type":"` + strings.Repeat("x", 256) + `"}`: "orders.jsonl, message 1: type has 256 bytes; 255 is the most",
		`{"body":"` + "\xff" + `"}`:                              "orders.jsonl, message 1: invalid UTF-8",
		`{"Body":"` + strings.Repeat("[", 5):                     "orders.jsonl ends in the middle of message 1",
	} {
		got, _, err := read([]byte(text), messages.FileOptions{})
		if want == "" && (err != nil || len(got) != 2) ||
			want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("%q: %d messages, %v", text, len(got), err)
		}
	}
	facts, err := messages.VerifyFile(t.Context(), strings.NewReader(`{"routingkey":"a","body":"b"}{"colour":1,"routingkey":2,"body":""}`),
		messages.FileOptions{})
	if diff := cmp.Diff([]string{"routingkey", "colour"}, facts.Unused); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

// FuzzFileSource: no file makes the reader panic. If the messages of a file are written to a new file, reading that
// file gives the same messages.
func FuzzFileSource(f *testing.F) {
	m := everyProperty()
	for _, large := range []string{"long", "table", "list"} {
		delete(m.Headers, large)
	}
	f.Add(written(f, false, m))
	f.Add(written(f, true, m))
	f.Add([]byte(`[{"payload":"x","payload_encoding":"base64","properties":[]}]`))
	f.Add([]byte(`{"XRabbitctl":{"headers":{"t":"F","v":{"a":{"t":"A","v":[{"t":"I","v":1}]}},"x":{"/w==":{"t":"V"}}}},"Body":""}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		all, _, err := read(text, messages.FileOptions{Partial: true})
		if err != nil || len(all) == 0 {
			return
		}
		first := written(t, false, all...)
		again, _, err := read(first, messages.FileOptions{})
		if err != nil || len(again) != len(all) {
			t.Fatalf("%d messages of %d, %v", len(again), len(all), err)
		}
		if second := written(t, false, again...); !bytes.Equal(first, second) {
			t.Errorf("%s\n%s", first, second)
		}
	})
}
