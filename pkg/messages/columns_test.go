package messages_test

import (
	"bytes"
	"compress/gzip"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/rabbitctl/rabbitctl/pkg/messages"
	"github.com/rabbitctl/rabbitctl/pkg/query"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

func noon() time.Time { return time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC) }

func zipped(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.Bytes()
}

// order returns a dead-lettered message with a JSON body.
func order() *messages.Message {
	dead := death("orders", "rejected", 3)
	dead["time"] = noon().Add(-2 * time.Hour)
	return &messages.Message{Publishing: amqp091.Publishing{
		Headers: amqp091.Table{"x-death": []any{dead}, "x-delivery-count": int64(2), "tenant": "acme", "n": int32(7),
			"price": amqp091.Decimal{Scale: 2, Value: 314}, "at": noon(), "flag": true, "raw": []byte("hi"), "bin": []byte{0xff},
			"bytes": "5", "a.b": "dotted", "nested": amqp091.Table{"x.y": int64(1), "list": []any{int8(1), nil}}, "nan": math.NaN(),
			"nil": nil, "x-rabbitctl-replayed": int64(2), "big": int64(math.MaxInt64)},
		ContentType: "application/json", ContentEncoding: "gzip", DeliveryMode: 2, Priority: 4, Expiration: "60000",
		MessageId: "m-1", Timestamp: noon().Add(-time.Hour), UserId: "guest", AppId: "shop",
		Body: zipped(`{"order": {"id": 7, "rate": "high", "items": [{"sku": "a"}, {"sku": "b"}]}, "note": null, "big": 9007199254740993}`),
	}, RoutingKey: "dlq", Exchange: "", Redelivered: true, Number: 12}
}

// judged returns whether the condition holds for the message: true, false or unknown. If the condition is not valid, it
// returns the text of the error.
func judged(t *testing.T, where string, m *messages.Message) string {
	t.Helper()
	q, err := query.Compile(query.Spec{Where: where}, messages.Table(), nil)
	if err != nil {
		return err.Error()
	}
	pass, known := q.Judge()(messages.Rows(q.Columns())(m, noon()))
	switch {
	case pass:
		return "true"
	case known:
		return "false"
	}
	return "unknown"
}

func TestWhere(t *testing.T) {
	t.Parallel()
	plain := &messages.Message{Publishing: amqp091.Publishing{Body: []byte("order 7 failed\n")}}
	binary := &messages.Message{Publishing: amqp091.Publishing{Body: []byte{0, 0xff}}}
	for where, want := range map[string]struct {
		of   *messages.Message
		want string
	}{
		`json.order.id == 7`:                                    {order(), "true"},
		`json.order.id > 7`:                                     {order(), "false"},
		`json.order.items[1].sku == "b"`:                        {order(), "true"},
		`json["order"]["items"][-1]["sku"] == "b"`:              {order(), "true"},
		`any(json.order.items, .sku == "a")`:                    {order(), "true"},
		`json.order.rate == "high"`:                             {order(), "true"},
		`json.order.none == 1`:                                  {order(), "unknown"},
		`json.note == nil`:                                      {order(), "true"},
		`json.order.id == "7"`:                                  {order(), "false"},
		`json.big == 9007199254740993`:                          {order(), "true"},
		`json.order.id.deeper == 1`:                             {order(), "unknown"},
		`json != nil`:                                           {order(), "true"},
		`json.order.id == 7 `:                                   {plain, "unknown"},
		`!(json.order.id == 7)`:                                 {plain, "unknown"},
		`json.order.id == 7 || body contains "order 7"`:         {plain, "true"},
		`json == nil`:                                           {plain, "true"},
		`json[1].id == 3`:                                       {&messages.Message{Publishing: amqp091.Publishing{Body: []byte(`[{},{"id":3}]`)}}, "true"},
		`json == 5`:                                             {&messages.Message{Publishing: amqp091.Publishing{Body: []byte(` 5 `)}}, "true"},
		`json.a == 1`:                                           {&messages.Message{Publishing: amqp091.Publishing{Body: []byte(`{"a":1} {"a":2}`)}}, "unknown"},
		`json["a.b"] == 1`:                                      {&messages.Message{Publishing: amqp091.Publishing{Body: []byte(`{"a.b":1}`)}}, "true"},
		`body startsWith "{" && body contains "sku"`:            {order(), "true"},
		`body matches "^order [0-9]+ failed"`:                   {plain, "true"},
		`body contains "x"`:                                     {binary, "unknown"},
		`body_kind == "binary" && bytes == 2`:                   {binary, "true"},
		`body_kind == "json" && bytes < "1kB"`:                  {order(), "true"},
		`body_kind == "empty" && body == ""`:                    {&messages.Message{}, "true"},
		`headers["tenant"] == "acme" && headers.n == 7`:         {order(), "true"},
		`headers.price > 3.1 && headers.price < 3.2`:            {order(), "true"},
		`headers.flag && headers.raw == "hi"`:                   {order(), "true"},
		`headers.at > "2026-01-31T11"`:                          {order(), "true"},
		`headers.bytes == "5"`:                                  {order(), "true"},
		`headers["a.b"] == "dotted"`:                            {order(), "true"},
		`headers.nested["x.y"] == 1`:                            {order(), "true"},
		`headers.nested.list[0] == 1`:                           {order(), "true"},
		`headers["x-death"][0].queue == "orders"`:               {order(), "true"},
		`headers.big == 9223372036854775807`:                    {order(), "true"},
		`"tenant" in headers && !("b" in headers)`:              {order(), "true"},
		`headers.missing == 1`:                                  {order(), "unknown"},
		`headers.nil == nil && headers.nan == nil`:              {order(), "true"},
		`headers["n"] == 1`:                                     {plain, "unknown"},
		`death.queue == "orders" && death.reason == "rejected"`: {order(), "true"},
		`death.count == 3 && death.age > "1h30m"`:               {order(), "true"},
		`death.time < "2026-01-31T11:00:00Z"`:                   {order(), "true"},
		`"cc" in death.routing_keys`:                            {order(), "true"},
		`death.queue == "orders"`:                               {plain, "unknown"},
		`death.queue == nil && death.exchange == nil`:           {plain, "true"},
		`age > "59m" && age < "61m"`:                            {order(), "true"},
		`age > "1h"`:                                            {plain, "unknown"},
		`replayed == 2`:                                         {order(), "true"},
		`replayed == 0 && !redelivered`:                         {plain, "true"},
		`delivery_count == 2`:                                   {order(), "true"},
		`delivery_count == 0`:                                   {plain, "unknown"},
		`persistent && priority == 4 && delivery_mode == 2`:     {order(), "true"},
		`expiration >= "1m"`:                                    {order(), "true"},
		`timestamp < "2026-02-01"`:                              {order(), "true"},
		`user_id == "guest" && app_id == "shop"`:                {order(), "true"},
		`correlation_id == nil && message_id == "m-1"`:          {order(), "true"},
		`exchange == "" && routing_key == "dlq" && number > 9`:  {order(), "true"},
		`stream_offset > 5`: {&messages.Message{Publishing: amqp091.Publishing{
			Headers: amqp091.Table{"x-stream-offset": int64(6)}}}, "true"},
		`routingkey == "a"`:              {plain, `--where: messages have no column "routingkey", did you mean "routing_key"? (character 1 of "routingkey == \"a\"")`},
		`headers.n.x == 1 || death == 1`: {plain, `--where: messages have no column "death" (character 21 of "headers.n.x == 1 || death == 1")`},
	} {
		if got := judged(t, where, want.of); got != want.want {
			t.Errorf("%s: %s, want %s", where, got, want.want)
		}
	}
}

// TestTable_rows: every column has a value of its kind for a message that has everything. An empty message has values
// only in the columns that always have one.
func TestTable_rows(t *testing.T) {
	t.Parallel()
	table := messages.Table()
	if _, err := table.Select(nil); err != nil {
		t.Error(err)
	}
	m := everyProperty()
	m.Headers["x-death"] = order().Headers["x-death"]
	m.Headers["x-delivery-count"], m.Headers["x-stream-offset"] = int64(1), int64(2)
	m.ContentEncoding, m.Body = "identity", []byte(`{"a":1}`)
	row := messages.Rows(table.Columns)(m, noon())
	for i, v := range row {
		c := table.Columns[i]
		_, number := v.Number()
		_, flag := v.Bool()
		if !v.Known() || c.Help == "" || c.Kind.Number() != number && c.Name != "json" || (c.Kind == record.Flag) != flag {
			t.Errorf("%s: %s", c.Name, v)
		}
	}
	for i, v := range messages.Rows(table.Columns)(&messages.Message{}, noon()) {
		switch name := table.Columns[i].Name; name {
		case "number", "routing_key", "exchange", "redelivered", "bytes", "body", "body_kind", "body_base64", "preview",
			"replayed", "persistent":
		default:
			if v != nil {
				t.Errorf("%s of an empty message: %s", name, v)
			}
		}
	}
}

func TestRows_values(t *testing.T) {
	t.Parallel()
	show := func(m *messages.Message, names ...string) map[string]string {
		columns, err := messages.Table().Select(names)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for i, v := range messages.Rows(columns)(m, noon()) {
			got[columns[i].Name] = string(v)
		}
		return got
	}
	got := show(order(), "headers.price", "headers.nested", "headers.bin", "headers.at", "headers.nan", "json.order.items",
		"json.none",
		"timestamp", "age", "death.age", "expiration", "death.routing_keys", "preview")
	want := map[string]string{"headers.price": "3.14", "headers.nested": `{"list":[1,null],"x.y":1}`,
		"headers.bin": `"/w=="`,
		"headers.at":  `"2026-01-31T12:00:00Z"`, "headers.nan": "null", "json.order.items": `[{"sku": "a"}, {"sku": "b"}]`,
		"json.none": "", "timestamp": "1769857200000", "age": "3600", "death.age": "7200", "expiration": "60000",
		"death.routing_keys": `["a","cc"]`,
		"preview":            `"{ \"order\": { \"id\": 7, \"rate\": \"high\", \"items\": [ { \"sku\": \"a\" }, { \"sku\": \"b\" } ] }, \"note\": null, \"big\": 9007199254740993 }"`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for scaled, want := range map[amqp091.Decimal]string{{Scale: 0, Value: -5}: "-5", {Scale: 3, Value: -5}: "-0.005",
		{Scale: 2, Value: 500}: "5.00", {Scale: 1, Value: math.MinInt32}: "-214748364.8"} {
		m := &messages.Message{Publishing: amqp091.Publishing{Headers: amqp091.Table{"d": scaled}}}
		if got := show(m, "headers.d")["headers.d"]; got != want {
			t.Errorf("%+v: %s", scaled, got)
		}
	}
	latin := &messages.Message{RoutingKey: "caf\xe9",
		Publishing: amqp091.Publishing{Headers: amqp091.Table{"k\xe9": "v\xe9"}}}
	got = show(latin, "routing_key", "headers")
	if got["routing_key"] != "\"caf\xe9\"" || got["headers"] != "{\"k\xe9\":\"v\xe9\"}" {
		t.Errorf("%q", got)
	}
}

func BenchmarkWhere(b *testing.B) {
	m := order()
	for _, where := range []string{`death.queue == "orders"`, `json.order.id == 7`} {
		b.Run(where, func(b *testing.B) {
			q, err := query.Compile(query.Spec{Where: where}, messages.Table(), nil)
			if err != nil {
				b.Fatal(err)
			}
			judge, rows := q.Judge(), messages.Rows(q.Columns())
			b.ReportAllocs()
			for b.Loop() {
				if pass, _ := judge(rows(m, noon())); !pass {
					b.Fatal("it does not pass")
				}
			}
		})
	}
}
