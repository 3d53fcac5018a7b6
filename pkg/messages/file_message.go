package messages

import (
	"encoding/base64"
	"slices"
	"strconv"
	"unicode/utf8"

	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// A message is written as a JSON object. Its parts have the names that rabtap uses, so that rabtap and other programs
// can read it. An empty part is left out. What would be lost in these members is in the member XRabbitctl, which comes
// first:
//
//	seq        the message's place in the file, 1 for the first
//	headers    the headers with their types, see appendValue; left out where there are none
//	timestamp  the property, in seconds since 1970, where its year has more than four digits
//	bytes      parts that are not UTF-8, by their names and in base64
//
// A property that is present but empty is not kept, except headers: the AMQP client cannot tell it from an absent one.

// textPart is a part of a message that is a short string, for example a property.
type textPart struct {
	// name is the name that rabtap uses, and plain is the name that the management API and most other programs use. The
	// field of is a function that returns a pointer to the part in a message.
	name, plain string
	of          func(*Message) *string
}

func textParts() []textPart {
	return []textPart{
		{"ContentType", "content_type", func(m *Message) *string { return &m.ContentType }},
		{"ContentEncoding", "content_encoding", func(m *Message) *string { return &m.ContentEncoding }},
		{"CorrelationID", "correlation_id", func(m *Message) *string { return &m.CorrelationId }},
		{"ReplyTo", "reply_to", func(m *Message) *string { return &m.ReplyTo }},
		{"Expiration", "expiration", func(m *Message) *string { return &m.Expiration }},
		{"MessageID", "message_id", func(m *Message) *string { return &m.MessageId }},
		{"Type", "type", func(m *Message) *string { return &m.Type }},
		{"UserID", "user_id", func(m *Message) *string { return &m.UserId }},
		{"AppID", "app_id", func(m *Message) *string { return &m.AppId }},
		{"Exchange", "exchange", func(m *Message) *string { return &m.Exchange }},
		{"RoutingKey", "routing_key", func(m *Message) *string { return &m.RoutingKey }},
	}
}

// encoder writes messages as lines of a file.
type encoder struct{ parts []textPart }

// append appends the line of a message to dst. If it fails, it returns dst unchanged.
func (e encoder) append(dst []byte, m *Message, seq int64) ([]byte, error) {
	before := len(dst)
	dst = slices.Grow(dst, base64.StdEncoding.EncodedLen(len(m.Body))+1<<10)
	dst = strconv.AppendInt(append(dst, `{"XRabbitctl":{"seq":`...), seq, 10)
	if m.Headers != nil {
		var err error
		if dst, err = appendValue(append(dst, `,"headers":`...), m.Headers, 0); err != nil {
			return dst[:before], fail.New(fail.KindOf(err), "message %d cannot be written to a file: %w", m.Number, err)
		}
	}
	dst = e.appendBytes(dst, m)
	if s := m.Timestamp.Unix(); !m.Timestamp.IsZero() && (s < firstSecond || s > lastSecond) {
		dst = append(strconv.AppendInt(append(dst, `,"timestamp":"`...), s, 10), '"')
	}
	dst = append(dst, '}')
	if len(m.Headers) > 0 {
		dst = appendPlain(append(dst, `,"Headers":`...), amqp091.Table(m.Headers))
	}
	for _, p := range e.parts {
		if s := *p.of(m); s != "" {
			dst = appendQuoted(append(append(append(dst, `,"`...), p.name...), `":`...), s)
		}
	}
	if m.DeliveryMode != 0 {
		dst = strconv.AppendUint(append(dst, `,"DeliveryMode":`...), uint64(m.DeliveryMode), 10)
	}
	if m.Priority != 0 {
		dst = strconv.AppendUint(append(dst, `,"Priority":`...), uint64(m.Priority), 10)
	}
	if !m.Timestamp.IsZero() {
		dst = appendTime(append(dst, `,"Timestamp":`...), m.Timestamp)
	}
	if m.Redelivered {
		dst = append(dst, `,"Redelivered":true`...)
	}
	dst = appendBase64(append(dst, `,"Body":`...), m.Body)
	return append(dst, '}', '\n'), nil
}

// appendBytes appends the parts that JSON's strings cannot hold.
func (e encoder) appendBytes(dst []byte, m *Message) []byte {
	before := `,"bytes":{"`
	for _, p := range e.parts {
		if s := *p.of(m); !utf8.ValidString(s) {
			dst = append(append(append(dst, before...), p.name...), `":`...)
			dst, before = appendBase64(dst, []byte(s)), `,"`
		}
	}
	if before == `,"` {
		dst = append(dst, '}')
	}
	return dst
}
