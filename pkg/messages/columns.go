package messages

import (
	"bytes"
	"encoding/base64"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// column is a column of the listing. Its field of is a function that returns the value of a message in this column. If
// the field is nil, memberNamed finds the value by the name of the column.
type column struct {
	record.Column
	of func(*look) record.Value
}

// Table returns the columns that a listing of messages can show and a filter can read.
func Table() record.Table {
	t := record.Table{
		Noun:    "messages",
		Default: []string{"number", "routing_key", "exchange", "redelivered", "bytes", "content_type", "preview"},
		Spare:   []string{"exchange", "redelivered", "content_type", "bytes"},
		Open:    []string{"headers", "json"},
		Foreign: []string{"headers", "json"},
	}
	for _, c := range allColumns() {
		t.Columns = append(t.Columns, c.Column)
	}
	return t
}

func allColumns() []column {
	return append(append(foundColumns(), propertyColumns()...), deathColumns()...)
}

// foundColumns returns the columns that say where a message was found, and those of its body.
func foundColumns() []column {
	return []column{
		{record.Column{Name: "number", Kind: record.Ordinal, Help: "position among the messages read, 1 for the first"},
			func(l *look) record.Value { return record.Of(l.m.Number) }},
		{record.Column{Name: "routing_key", Help: "routing key; of a dead letter, the key it was dead-lettered with"},
			func(l *look) record.Value { return record.Quoted([]byte(l.m.RoutingKey)) }},
		{record.Column{Name: "exchange", Help: "exchange it came through; empty: the default exchange"},
			func(l *look) record.Value { return record.Quoted([]byte(l.m.Exchange)) }},
		{record.Column{Name: "redelivered", Kind: record.Flag, Help: "whether it was delivered before"},
			func(l *look) record.Value { return record.Of(l.m.Redelivered) }},
		{record.Column{Name: "delivery_count", Kind: record.Count, Help: "failed deliveries, as a quorum queue counts them"},
			countIn("x-delivery-count")},
		{record.Column{Name: "stream_offset", Kind: record.Ordinal, Help: "place in its stream"}, countIn("x-stream-offset")},
		{record.Column{Name: "bytes", Kind: record.Bytes, Help: "size of the body"},
			func(l *look) record.Value { return record.Of(len(l.m.Body)) }},
		{record.Column{Name: "body", Help: "body where it is text, unpacked by content_encoding"}, (*look).body},
		{record.Column{Name: "body_kind", Help: "json, text, binary or empty"},
			func(l *look) record.Value { return record.Of(l.kind()) }},
		{record.Column{Name: "body_base64", Help: "body as it was published, in base64"},
			func(l *look) record.Value { return record.Of(base64.StdEncoding.EncodeToString(l.m.Body)) }},
		{record.Column{Name: "preview", Help: "beginning of the body on one line"}, (*look).preview},
		{record.Column{Name: "json", Help: "body where it is JSON; a member is json.NAME"},
			func(l *look) record.Value { return record.Value(l.json()) }},
		{record.Column{Name: "headers", Kind: record.Map, Help: `headers; a single one is headers.NAME or headers["NAME"]`},
			func(l *look) record.Value { return HeadersOf(l.m) }},
		{record.Column{Name: "age", Kind: record.Seconds,
			Help: "time since the timestamp property; without one, since the message was dead-lettered"},
			func(l *look) record.Value {
				if !l.m.Timestamp.IsZero() {
					return l.since(l.m.Timestamp)
				}
				return l.since(l.death().At)
			}},
		{record.Column{Name: "replayed", Kind: record.Count, Help: "how often rabbitctl replayed it"},
			func(l *look) record.Value {
				n, _ := intOf(l.m.Headers[HeaderReplayed])
				return record.Of(n)
			}},
	}
}

// propertyColumns returns the columns of the properties. An absent property has no value.
func propertyColumns() []column {
	all := []column{
		{record.Column{Name: "delivery_mode", Kind: record.Ordinal, Help: "2: persistent, 1: transient"},
			func(l *look) record.Value { return orUnset(l.m.DeliveryMode) }},
		{record.Column{Name: "persistent", Kind: record.Flag,
			Help: "whether delivery_mode is 2: a durable classic queue keeps only such messages over a restart"},
			func(l *look) record.Value { return record.Of(l.m.DeliveryMode == 2) }},
		{record.Column{Name: "priority", Kind: record.Ordinal, Help: "priority"},
			func(l *look) record.Value { return orUnset(l.m.Priority) }},
		{record.Column{Name: "timestamp", Kind: record.Timestamp, Help: "when it was published, as its publisher says"},
			func(l *look) record.Value { return moment(l.m.Timestamp) }},
	}
	help := map[string]string{"content_type": "type of the body", "content_encoding": "how the body is packed",
		"correlation_id": "request that it answers", "reply_to": "queue for the answer", "expiration": "how long it may wait",
		"message_id": "id that its publisher gave it", "type": "kind of message, as its publisher names it",
		"user_id": "user who published it", "app_id": "program that published it"}
	for _, p := range textParts() {
		if help[p.plain] == "" {
			continue
		}
		c := record.Column{Name: p.plain, Help: help[p.plain]}
		of := func(l *look) record.Value { return orAbsent(*p.of(l.m)) }
		if p.plain == "expiration" {
			c.Kind = record.Millis
			of = func(l *look) record.Value {
				if _, err := strconv.ParseUint(l.m.Expiration, 10, 63); err != nil {
					return orAbsent(l.m.Expiration)
				}
				return record.Value(l.m.Expiration)
			}
		}
		all = append(all, column{c, of})
	}
	return all
}

// deathColumns returns the columns about the latest death of a dead-lettered message. They have no values for other
// messages.
func deathColumns() []column {
	return []column{
		{record.Column{Name: "death.queue", Help: "queue where it died last"},
			func(l *look) record.Value { return orAbsent(l.death().Queue) }},
		{record.Column{Name: "death.reason", Help: "why: rejected, expired, maxlen or delivery_limit"},
			func(l *look) record.Value { return orAbsent(l.death().Reason) }},
		{record.Column{Name: "death.exchange", Help: "exchange it had come through; empty: the default exchange"},
			func(l *look) record.Value {
				if exchange := l.death().Exchange; l.died {
					return record.Quoted([]byte(exchange))
				}
				return nil
			}},
		{record.Column{Name: "death.routing_keys", Kind: record.List, Help: "routing keys it had come with"},
			func(l *look) record.Value {
				if l.death().Keys == nil {
					return nil
				}
				return record.Of(l.death().Keys)
			}},
		{record.Column{Name: "death.time", Kind: record.Timestamp, Help: "when it died"},
			func(l *look) record.Value { return moment(l.death().At) }},
		{record.Column{Name: "death.age", Kind: record.Seconds, Help: "time since it died"},
			func(l *look) record.Value { return l.since(l.death().At) }},
		{record.Column{Name: "death.count", Kind: record.Count,
			Help: "how often it died there for that reason; from 4.0 on, since a client last published it"},
			func(l *look) record.Value {
				if n := l.death().Count; n > 0 {
					return record.Of(n)
				}
				return nil
			}},
	}
}

func countIn(name string) func(*look) record.Value {
	return func(l *look) record.Value {
		if n, ok := intOf(l.m.Headers[name]); ok {
			return record.Of(n)
		}
		return nil
	}
}

func orAbsent(s string) record.Value {
	if s == "" {
		return nil
	}
	return record.Quoted([]byte(s))
}

func orUnset(n uint8) record.Value {
	if n == 0 {
		return nil
	}
	return record.Of(n)
}

func moment(t time.Time) record.Value {
	if s := t.Unix(); t.IsZero() || s > math.MaxInt64/1000 || s < math.MinInt64/1000 {
		return nil
	}
	return record.Of(t.Unix() * 1000)
}

// largestText is how many bytes a body may have after it is unpacked, to be read as text; a body that was not packed
// may have more. largestPreview is how many bytes of a body a preview shows at most.
const (
	largestText    = 16 << 20
	largestPreview = 200
)

// look computes the values of one message, but only those that its row needs, and each only once.
type look struct {
	m    *Message
	now  time.Time
	dead *Death
	died bool
	// read means that text is set: to the text of the body, or to nil if the body is not a text.
	read   bool
	text   []byte
	parsed bool
	value  jsontext.Value
}

func (l *look) death() *Death {
	if l.dead == nil {
		d, died := DeathOf(l.m)
		l.dead, l.died = &d, died
	}
	return l.dead
}

func (l *look) since(t time.Time) record.Value {
	if t.IsZero() {
		return nil
	}
	return record.Of(math.Floor(l.now.Sub(t).Seconds()))
}

func (l *look) bodyText() []byte {
	if !l.read {
		l.read = true
		if raw, ok := bodyAsText(l.m, largestText); ok {
			l.text = raw
		}
	}
	return l.text
}

func (l *look) body() record.Value {
	if t := l.bodyText(); t != nil || len(l.m.Body) == 0 {
		return record.Quoted(t)
	}
	return nil
}

// json returns the body if it is one JSON value, or nil if not.
func (l *look) json() jsontext.Value {
	if !l.parsed {
		l.parsed = true
		v := jsontext.Value(bytes.TrimSpace(l.bodyText()))
		if len(v) > 0 && v.IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)) {
			l.value = v
		}
	}
	return l.value
}

func (l *look) kind() string {
	t := l.bodyText()
	switch {
	case len(l.m.Body) == 0 || t != nil && len(t) == 0:
		return "empty"
	case t == nil:
		return "binary"
	case looksLikeJSON(t) && l.json() != nil:
		return "json"
	}
	return "text"
}

func (l *look) preview() record.Value {
	b := Shown(l.m, largestPreview)
	switch b.Kind {
	case "empty":
		return record.Of("")
	case "binary":
		return record.Of("(" + b.How + ")")
	}
	line := strings.Join(strings.Fields(b.Text), " ")
	if b.Cut {
		line += "…"
	}
	return record.Of(line)
}
