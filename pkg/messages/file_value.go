package messages

import (
	"encoding/base64"
	"encoding/binary"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// A header's value is written as {"t":T,"v":V}. T is the letter that AMQP 0-9-1 has for its type, and V is the value. A
// value that JSON cannot hold has "x" in place of "v", with the value in base64: bytes, a string that is not UTF-8, a
// float that is infinite or not a number (its 4 or 8 bytes). The empty value of type V has neither. Integers and times
// of 64 bits are strings, since many programs read JSON's numbers as doubles. A decimal is [SCALE,VALUE]. A table is
// {"t":"F","v":{NAME:value}}; names that are not UTF-8 are the members of its "x", in base64.

// deepest is how deep values may be nested. The client reads 32 levels at most.
const deepest = 64

// appendValue appends a header's value with its type.
func appendValue(dst []byte, value any, depth int) ([]byte, error) {
	if depth > deepest {
		return dst, fail.New(fail.Data, "its headers are nested deeper than %d levels", deepest)
	}
	switch v := value.(type) {
	case nil:
		return append(dst, `{"t":"V"}`...), nil
	case bool:
		return append(strconv.AppendBool(append(dst, `{"t":"t","v":`...), v), '}'), nil
	case string:
		return appendText(dst, v), nil
	case []byte:
		return append(appendBase64(append(dst, `{"t":"x","x":`...), v), '}'), nil
	case time.Time:
		return appendLong(dst, 'T', v.Unix()), nil
	case amqp091.Decimal:
		dst = strconv.AppendUint(append(dst, `{"t":"D","v":[`...), uint64(v.Scale), 10)
		return append(strconv.AppendInt(append(dst, ','), int64(v.Value), 10), `]}`...), nil
	case []any:
		return appendList(dst, v, depth)
	case amqp091.Table:
		return appendTable(dst, v, depth)
	}
	if written, ok := appendNumber(dst, value); ok {
		return written, nil
	}
	return dst, fail.New(fail.Data, "a header has a value of type %T, which AMQP 0-9-1 does not know", value)
}

func appendNumber(dst []byte, value any) ([]byte, bool) {
	switch v := value.(type) {
	case int8:
		return appendShort(dst, 'b', int64(v)), true
	case uint8:
		return appendShort(dst, 'B', int64(v)), true
	case int16:
		return appendShort(dst, 's', int64(v)), true
	case uint16:
		return appendShort(dst, 'u', int64(v)), true
	case int32:
		return appendShort(dst, 'I', int64(v)), true
	case uint32:
		return appendShort(dst, 'i', int64(v)), true
	case int64:
		return appendLong(dst, 'l', v), true
	case int:
		// Of an int, the AMQP client would send only the lower 32 bits, so it is written as a 64-bit integer.
		return appendLong(dst, 'l', int64(v)), true
	case float32:
		if f := float64(v); !math.IsNaN(f) && !math.IsInf(f, 0) {
			return append(strconv.AppendFloat(append(dst, `{"t":"f","v":`...), f, 'g', -1, 32), '}'), true
		}
		bits := binary.BigEndian.AppendUint32(nil, math.Float32bits(v))
		return append(appendBase64(append(dst, `{"t":"f","x":`...), bits), '}'), true
	case float64:
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			return append(strconv.AppendFloat(append(dst, `{"t":"d","v":`...), v, 'g', -1, 64), '}'), true
		}
		bits := binary.BigEndian.AppendUint64(nil, math.Float64bits(v))
		return append(appendBase64(append(dst, `{"t":"d","x":`...), bits), '}'), true
	}
	return dst, false
}

func appendShort(dst []byte, letter byte, n int64) []byte {
	dst = append(append(append(dst, `{"t":"`...), letter), `","v":`...)
	return append(strconv.AppendInt(dst, n, 10), '}')
}

func appendLong(dst []byte, letter byte, n int64) []byte {
	dst = append(append(append(dst, `{"t":"`...), letter), `","v":"`...)
	return append(strconv.AppendInt(dst, n, 10), `"}`...)
}

func appendText(dst []byte, s string) []byte {
	if !utf8.ValidString(s) {
		return append(appendBase64(append(dst, `{"t":"S","x":`...), []byte(s)), '}')
	}
	return append(appendQuoted(append(dst, `{"t":"S","v":`...), s), '}')
}

func appendList(dst []byte, list []any, depth int) ([]byte, error) {
	dst = append(dst, `{"t":"A","v":[`...)
	for i, e := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = appendValue(dst, e, depth+1); err != nil {
			return dst, err
		}
	}
	return append(dst, `]}`...), nil
}

// appendTable appends the members in the order of their names, but those whose names are not UTF-8 last. So a message
// always has the same text.
func appendTable(dst []byte, table amqp091.Table, depth int) ([]byte, error) {
	dst = append(dst, `{"t":"F","v":{`...)
	var raw []string
	first := true
	for _, name := range slices.Sorted(maps.Keys(table)) {
		if !utf8.ValidString(name) {
			raw = append(raw, name)
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		var err error
		if dst, err = appendValue(append(appendQuoted(dst, name), ':'), table[name], depth+1); err != nil {
			return dst, err
		}
	}
	dst = append(dst, '}')
	for i, name := range raw {
		dst = append(dst, []string{`,"x":{`, `,`}[min(i, 1)]...)
		var err error
		if dst, err = appendValue(append(appendBase64(dst, []byte(name)), ':'), table[name], depth+1); err != nil {
			return dst, err
		}
	}
	if raw != nil {
		dst = append(dst, '}')
	}
	return append(dst, '}'), nil
}

// appendPlain appends a header's value in the JSON form that other programs expect. This form has no types.
func appendPlain(dst []byte, value any) []byte {
	switch v := value.(type) {
	case bool:
		return strconv.AppendBool(dst, v)
	case string:
		return appendQuoted(dst, v)
	case []byte:
		return appendBase64(dst, v)
	case time.Time:
		return appendTime(dst, v)
	case amqp091.Decimal:
		dst = strconv.AppendUint(append(dst, `{"Scale":`...), uint64(v.Scale), 10)
		return append(strconv.AppendInt(append(dst, `,"Value":`...), int64(v.Value), 10), '}')
	case []any:
		return appendArray(dst, v, appendPlain)
	case amqp091.Table:
		return appendObject(dst, v, appendQuoted, appendPlain)
	}
	return appendPlainNumber(dst, value)
}

// appendArray appends an array. The function each appends one value of the array.
func appendArray(dst []byte, values []any, each func([]byte, any) []byte) []byte {
	dst = append(dst, '[')
	for i, v := range values {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = each(dst, v)
	}
	return append(dst, ']')
}

// appendObject appends a table with its members in the order of their names.
func appendObject(dst []byte, of amqp091.Table, quoted func([]byte, string) []byte,
	each func([]byte, any) []byte) []byte {
	dst = append(dst, '{')
	for i, name := range slices.Sorted(maps.Keys(of)) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = each(append(quoted(dst, name), ':'), of[name])
	}
	return append(dst, '}')
}

// appendPlainNumber appends a number, or null for a value that is not a number in JSON.
func appendPlainNumber(dst []byte, value any) []byte {
	switch v := value.(type) {
	case int8:
		return strconv.AppendInt(dst, int64(v), 10)
	case uint8:
		return strconv.AppendInt(dst, int64(v), 10)
	case int16:
		return strconv.AppendInt(dst, int64(v), 10)
	case uint16:
		return strconv.AppendInt(dst, int64(v), 10)
	case int32:
		return strconv.AppendInt(dst, int64(v), 10)
	case uint32:
		return strconv.AppendInt(dst, int64(v), 10)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case int:
		return strconv.AppendInt(dst, int64(v), 10)
	case float32:
		if f := float64(v); !math.IsNaN(f) && !math.IsInf(f, 0) {
			return strconv.AppendFloat(dst, f, 'g', -1, 32)
		}
	case float64:
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			return strconv.AppendFloat(dst, v, 'g', -1, 64)
		}
	}
	return append(dst, `null`...)
}

// The years 0 to 9999, which RFC 3339 can express.
const firstSecond, lastSecond = -62167219200, 253402300799

// appendTime appends a time as RFC 3339; null for a time outside the years 0 to 9999.
func appendTime(dst []byte, t time.Time) []byte {
	if s := t.Unix(); s < firstSecond || s > lastSecond {
		return append(dst, `null`...)
	}
	return append(t.UTC().AppendFormat(append(dst, '"'), time.RFC3339), '"')
}

// appendQuoted appends a JSON string. Bytes that are not UTF-8 become U+FFFD.
func appendQuoted(dst []byte, s string) []byte {
	dst, _ = jsontext.AppendQuote(dst, s)
	return dst
}

func appendBase64(dst, b []byte) []byte {
	return append(base64.StdEncoding.AppendEncode(append(dst, '"'), b), '"')
}
