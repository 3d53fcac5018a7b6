package messages

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	amqp091 "github.com/rabbitmq/amqp091-go"
)

// readValue reads a header's value with its type.
func readValue(d *jsontext.Decoder, depth int) (value any, err error) {
	if depth > deepest {
		return nil, fmt.Errorf("headers nested deeper than %d levels", deepest)
	}
	letter, form := "", ""
	err = eachMember(d, func(name string) (err error) {
		switch {
		case name == "t" && letter == "":
			letter, err = readText(d)
		case letter == "":
			return errors.New(`a header's value without its type first`)
		case letter == "F" && (name == "v" || name == "x"):
			table, _ := value.(amqp091.Table)
			if table == nil {
				table = amqp091.Table{}
			}
			value, form = table, "v"
			return readMembers(d, table, name == "x", depth)
		case letter == "A" && name == "v":
			form = name
			value, err = readList(d, depth)
		case name == "v" || name == "x":
			form = name
			value, err = readScalar(d, letter, name)
		default:
			return fmt.Errorf("unexpected member %q in a header's value", name)
		}
		return err
	})
	if err == nil && (letter == "V") != (form == "") {
		err = fmt.Errorf("a header of type %q has no value, or one that its type does not allow", letter)
	}
	return value, err
}

// readMembers reads the members of a table. encoded means that their names are in base64.
func readMembers(d *jsontext.Decoder, table amqp091.Table, encoded bool, depth int) error {
	return eachMember(d, func(name string) error {
		if encoded {
			raw, err := base64.StdEncoding.DecodeString(name)
			if err != nil {
				return err
			}
			name = string(raw)
		}
		if len(name) > 255 {
			return fmt.Errorf("a header's name of %d bytes; 255 is the most", len(name))
		}
		if _, twice := table[name]; twice {
			return fmt.Errorf("header %q twice", name)
		}
		value, err := readValue(d, depth+1)
		table[name] = value
		return err
	})
}

func readList(d *jsontext.Decoder, depth int) ([]any, error) {
	if d.PeekKind() != '[' {
		return nil, unexpected(d, "a list")
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	list := []any{}
	for d.PeekKind() != ']' {
		e, err := readValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	_, err := d.ReadToken()
	return list, err
}

// readScalar reads a value that is neither a table nor a list. form is the member's name, "v" or "x".
func readScalar(d *jsontext.Decoder, letter, form string) (any, error) {
	if form == "x" {
		text, err := readText(d)
		if err != nil {
			return nil, err
		}
		b, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, err
		}
		return ofBytes(letter, b)
	}
	switch letter {
	case "t":
		k := d.PeekKind()
		if k != 't' && k != 'f' {
			return nil, unexpected(d, "true or false")
		}
		_, err := d.ReadToken()
		return k == 't', err
	case "S":
		return readText(d)
	case "D":
		return readDecimal(d)
	}
	text, err := readNumber(d)
	if err != nil {
		return nil, err
	}
	return ofNumber(letter, text)
}

// ofBytes makes a header's value from bytes that JSON can hold only in base64.
func ofBytes(letter string, b []byte) (any, error) {
	switch {
	case letter == "x":
		return b, nil
	case letter == "S":
		return string(b), nil
	case letter == "f" && len(b) == 4:
		return math.Float32frombits(binary.BigEndian.Uint32(b)), nil
	case letter == "d" && len(b) == 8:
		return math.Float64frombits(binary.BigEndian.Uint64(b)), nil
	}
	return nil, fmt.Errorf("%d bytes are no value of a header of type %q", len(b), letter)
}

func ofNumber(letter, text string) (any, error) {
	signed := func(bits int) (int64, error) { return strconv.ParseInt(text, 10, bits) }
	unsigned := func(bits int) (uint64, error) { return strconv.ParseUint(text, 10, bits) }
	switch letter {
	case "b":
		n, err := signed(8)
		return int8(n), err
	case "B":
		n, err := unsigned(8)
		return uint8(n), err
	case "s":
		n, err := signed(16)
		return int16(n), err
	case "u":
		n, err := unsigned(16)
		return uint16(n), err
	case "I":
		n, err := signed(32)
		return int32(n), err
	case "i":
		n, err := unsigned(32)
		return uint32(n), err
	case "l":
		return signed(64)
	case "T":
		n, err := signed(64)
		return time.Unix(n, 0), err
	case "f":
		f, err := strconv.ParseFloat(text, 32)
		return float32(f), err
	case "d":
		return strconv.ParseFloat(text, 64)
	}
	return nil, fmt.Errorf("a header of the unknown type %q", letter)
}

func readDecimal(d *jsontext.Decoder) (any, error) {
	if d.PeekKind() != '[' {
		return nil, unexpected(d, "a list")
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	scale, err := readNumber(d)
	if err != nil {
		return nil, err
	}
	value, err := readNumber(d)
	if err != nil {
		return nil, err
	}
	if d.PeekKind() != ']' {
		return nil, unexpected(d, "the end of a decimal")
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	s, err := strconv.ParseUint(scale, 10, 8)
	if err != nil {
		return nil, err
	}
	v, err := strconv.ParseInt(value, 10, 32)
	return amqp091.Decimal{Scale: uint8(s), Value: int32(v)}, err
}

// eachMember reads an object. It calls f with the name of each member, and f reads the value.
func eachMember(d *jsontext.Decoder, f func(name string) error) error {
	if d.PeekKind() != '{' {
		return unexpected(d, "an object")
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() == '"' {
		name, err := d.ReadToken()
		if err != nil {
			return err
		}
		if err := f(name.String()); err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

func readText(d *jsontext.Decoder) (string, error) {
	if d.PeekKind() != '"' {
		return "", unexpected(d, "a text")
	}
	t, err := d.ReadToken()
	return t.String(), err
}

// readNumber reads a number, with or without quotes, and returns it as it is written.
func readNumber(d *jsontext.Decoder) (string, error) {
	if k := d.PeekKind(); k != '0' && k != '"' {
		return "", unexpected(d, "a number")
	}
	t, err := d.ReadToken()
	return t.String(), err
}

// unexpected returns the error about the next value, which is not of the wanted kind.
func unexpected(d *jsontext.Decoder, want string) error {
	v, err := d.ReadValue()
	if err != nil {
		return err
	}
	return fmt.Errorf("%.40s where %s should be", v, want)
}
