package messages

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	amqp091 "github.com/rabbitmq/amqp091-go"
)

// decoder reads messages from JSON objects, in files of rabbitctl and of other programs.
type decoder struct {
	json  *jsontext.Decoder
	text  *bytes.Buffer
	list  []textPart
	parts map[string]textPart
	// If bodies is false, each body is decoded into scratch, and is valid until the next body is read.
	bodies  bool
	scratch []byte
	// owned means that the decoder may overwrite the text of the object.
	owned bool
	// found says which members the last object had.
	found found
}

// found says which members an object had.
type found struct {
	typed, body, rabtap, queue, properties, payload, encoded bool
	// unused are the names of members that are not a part of a message.
	unused []string
}

func newDecoder(bodies bool) *decoder {
	d := &decoder{parts: map[string]textPart{}, bodies: bodies, text: &bytes.Buffer{}}
	d.list = textParts()
	for _, p := range d.list {
		d.parts[p.name], d.parts[p.plain] = p, p
		// The AMQP client for Go writes Id, not ID: MessageId, AppId.
		d.parts[strings.Replace(p.name, "ID", "Id", 1)] = p
	}
	d.json = jsontext.NewDecoder(d.text, jsontext.AllowDuplicateNames(true))
	return d
}

// decode reads one object.
func (d *decoder) decode(object line, m *Message) error {
	*d.text, d.owned = *bytes.NewBuffer(object.text), object.owned
	d.json.Reset(d.text, jsontext.AllowDuplicateNames(true))
	d.found = found{unused: d.found.unused[:0]}
	err := eachMember(d.json, func(name string) error { return d.member(m, name) })
	if err == nil && d.json.PeekKind() != 0 {
		err = errors.New("more than one JSON value")
	}
	return err
}

func (d *decoder) member(m *Message, name string) (err error) {
	if part, ok := d.parts[name]; ok {
		return d.optional(func() error {
			text, err := readText(d.json)
			if *part.of(m) == "" {
				*part.of(m) = text
			}
			return err
		})
	}
	switch name {
	case "XRabbitctl":
		d.found.typed = true
		return d.exact(m)
	case "Headers", "headers":
		if d.found.typed {
			return d.json.SkipValue()
		}
		return d.optional(func() error {
			table, err := readPlainTable(d.json, 0)
			if table != nil {
				m.Headers = table
			}
			return err
		})
	case "DeliveryMode", "delivery_mode":
		return d.small(&m.DeliveryMode)
	case "Priority", "priority":
		return d.small(&m.Priority)
	case "Timestamp", "timestamp":
		return d.optional(func() error { return d.time(m) })
	case "Redelivered", "redelivered":
		m.Redelivered = d.json.PeekKind() == 't'
		return d.json.SkipValue()
	case "Body":
		d.found.body, d.found.rabtap = true, true
		return d.body(m)
	case "body", "payload", "payload_encoding", "properties":
		return d.plain(m, name)
	}
	return d.other(name)
}

// other skips a member that is not a part of a published message.
func (d *decoder) other(name string) error {
	switch name {
	case "vhost", "queue":
		d.found.queue = true
	case "XRabtapReceivedTimestamp", "DeliveryTag", "MessageCount", "ConsumerTag", "message_count", "payload_bytes":
	default:
		d.found.unused = append(d.found.unused, name)
	}
	return d.json.SkipValue()
}

// exact reads the member XRabbitctl. Its values take precedence over those of the plain members, which are less exact.
func (d *decoder) exact(m *Message) error {
	m.Headers = nil
	return eachMember(d.json, func(name string) error {
		switch name {
		case "headers":
			value, err := readValue(d.json, 0)
			table, isTable := value.(amqp091.Table)
			if err == nil && !isTable {
				err = errors.New("headers that are not a table")
			}
			m.Headers = table
			return err
		case "timestamp":
			text, err := readNumber(d.json)
			if err != nil {
				return err
			}
			seconds, err := strconv.ParseInt(text, 10, 64)
			m.Timestamp = time.Unix(seconds, 0)
			return err
		case "bytes":
			return eachMember(d.json, func(name string) error { return d.raw(m, name) })
		}
		return d.json.SkipValue()
	})
}

// raw reads a part that is not UTF-8. In a file this part comes before the same part as text, and the text does not
// replace it.
func (d *decoder) raw(m *Message, name string) error {
	text, err := readText(d.json)
	if err != nil {
		return err
	}
	part, ok := d.parts[name]
	if !ok {
		return fmt.Errorf("bytes of the unknown part %q", name)
	}
	b, err := base64.StdEncoding.DecodeString(text)
	*part.of(m) = string(b)
	return err
}

func (d *decoder) time(m *Message) error {
	if d.json.PeekKind() == '0' {
		text, err := readNumber(d.json)
		if err != nil {
			return err
		}
		seconds, err := strconv.ParseInt(text, 10, 64)
		m.Timestamp = time.Unix(seconds, 0)
		return err
	}
	text, err := readText(d.json)
	if err != nil {
		return err
	}
	at, err := time.Parse(time.RFC3339, text)
	if err == nil && !at.IsZero() {
		m.Timestamp = time.Unix(at.Unix(), 0)
	}
	return err
}

func (d *decoder) small(to *uint8) error {
	return d.optional(func() error {
		text, err := readNumber(d.json)
		if err != nil {
			return err
		}
		n, err := strconv.ParseUint(text, 10, 8)
		*to = uint8(n)
		return err
	})
}

// largeBody is the size in bytes of a text in base64 above which the body is decoded into the memory of this text, so
// that only one copy is in memory.
const largeBody = 4 << 20

// body reads a body in base64.
func (d *decoder) body(m *Message) error {
	return d.optional(func() error {
		raw, err := d.quoted()
		if err != nil {
			return err
		}
		if d.owned && len(raw) > largeBody {
			m.Body, err = decodeInPlace(raw)
			return err
		}
		into := d.scratch[:0]
		if d.bodies {
			into = make([]byte, 0, base64.StdEncoding.DecodedLen(len(raw)))
		}
		m.Body, err = base64.StdEncoding.AppendDecode(into, raw)
		if !d.bodies {
			d.scratch = m.Body
		}
		return err
	})
}

// decodeInPlace decodes base64 and writes the result over the text.
func decodeInPlace(text []byte) ([]byte, error) {
	var block [12 << 10]byte
	n := 0
	for from := 0; from < len(text); from += 16 << 10 {
		decoded, err := base64.StdEncoding.Decode(block[:], text[from:min(from+16<<10, len(text))])
		if err != nil {
			return nil, err
		}
		n += copy(text[n:], block[:decoded])
	}
	return text[:n], nil
}

// quoted reads a string, and copies it only if it has escapes. The result is valid until the next read.
func (d *decoder) quoted() ([]byte, error) {
	if d.json.PeekKind() != '"' {
		return nil, unexpected(d.json, "a text")
	}
	v, err := d.json.ReadValue()
	if err != nil {
		return nil, err
	}
	if bytes.IndexByte(v, '\\') < 0 {
		return v[1 : len(v)-1], nil
	}
	return jsontext.AppendUnquote(nil, []byte(v))
}

// optional reads a value that can be null.
func (d *decoder) optional(read func() error) error {
	if d.json.PeekKind() == 'n' {
		return d.json.SkipValue()
	}
	return read()
}

// check returns an error if the object has no body, or a property that no broker would accept.
func (d *decoder) check(m *Message) error {
	if !d.found.body {
		return errors.New("a message needs a body")
	}
	if _, err := strconv.ParseUint(m.Expiration, 10, 63); err != nil && m.Expiration != "" {
		return fmt.Errorf("expiration %.40q is not a number of milliseconds", m.Expiration)
	}
	for _, p := range d.list {
		if n := len(*p.of(m)); n > 255 {
			return fmt.Errorf("%s has %d bytes; 255 is the most", p.plain, n)
		}
	}
	return nil
}
