package messages

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	amqp091 "github.com/rabbitmq/amqp091-go"
)

// The functions here read files of programs that write headers without types: rmq-dump (members vhost, queue, body,
// properties, headers), the management API (payload, payload_encoding, properties with headers), and files that people
// write.

// plain reads one member of an object from a program that writes no types of headers.
func (d *decoder) plain(m *Message, name string) error {
	switch name {
	case "properties":
		d.found.properties = true
		if d.json.PeekKind() == '[' {
			// The management API and PHP write an empty table as [].
			return d.json.SkipValue()
		}
		return eachMember(d.json, func(name string) error {
			if name == "properties" || name == "body" || name == "payload" || name == "payload_encoding" {
				return d.other(name)
			}
			return d.member(m, name)
		})
	case "payload_encoding":
		text, err := readText(d.json)
		if err != nil || text != "base64" {
			return err
		}
		d.found.encoded = true
		return d.payload(m)
	}
	d.found.body = true
	d.found.payload = d.found.payload || name == "payload"
	k := d.json.PeekKind()
	if k == '"' {
		text, err := readText(d.json)
		m.Body = []byte(text)
		if err == nil && name == "payload" && d.found.encoded {
			err = d.payload(m)
		}
		return err
	}
	// A body that is not a JSON string is taken as JSON: the body is the text of that value.
	v, err := d.json.ReadValue()
	if err == nil && k != 'n' {
		err = v.Compact()
		m.Body = bytes.Clone(v)
	}
	return err
}

// payload decodes a payload from base64. The members payload and payload_encoding can come in either order.
func (d *decoder) payload(m *Message) (err error) {
	if d.found.payload {
		m.Body, err = base64.StdEncoding.DecodeString(string(m.Body))
	}
	return err
}

// readPlainTable reads headers without types. Whole numbers become signed 64-bit integers, other numbers become
// doubles, and texts stay texts, whatever their types were before.
func readPlainTable(d *jsontext.Decoder, depth int) (amqp091.Table, error) {
	if d.PeekKind() == '[' {
		// PHP and Erlang write an empty table as [].
		v, err := d.ReadValue()
		if err == nil && strings.Trim(string(v), "[] \t\r\n") != "" {
			err = fmt.Errorf("%.40s where an object should be", v)
		}
		return nil, err
	}
	table := amqp091.Table{}
	return table, eachMember(d, func(name string) error {
		if len(name) > 255 {
			return fmt.Errorf("a header's name of %d bytes; 255 is the most", len(name))
		}
		value, err := readPlainValue(d, depth+1)
		table[name] = value
		return err
	})
}

func readPlainValue(d *jsontext.Decoder, depth int) (any, error) {
	if depth > deepest {
		return nil, fmt.Errorf("headers nested deeper than %d levels", deepest)
	}
	switch d.PeekKind() {
	case '{':
		return readPlainTable(d, depth)
	case '[':
		if _, err := d.ReadToken(); err != nil {
			return nil, err
		}
		list := []any{}
		for d.PeekKind() != ']' {
			e, err := readPlainValue(d, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, e)
		}
		_, err := d.ReadToken()
		return list, err
	}
	t, err := d.ReadToken()
	if err != nil {
		return nil, err
	}
	switch t.Kind() {
	case '"':
		return t.String(), nil
	case 't', 'f':
		return t.Bool(), nil
	case '0':
		if n, err := strconv.ParseInt(t.String(), 10, 64); err == nil {
			return n, nil
		}
		return strconv.ParseFloat(t.String(), 64)
	}
	return nil, nil
}
