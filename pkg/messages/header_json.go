package messages

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// headerValue returns a header's value as filters and listings read it: numbers (also decimals) as numbers, times in
// the form of RFC 3339, and bytes as text if they are text, or else in base64. A text that is not UTF-8 stays as it is,
// as in the rows of other listings.
func headerValue(value any) record.Value { return record.Value(appendHeader(nil, value)) }

// HeadersOf returns the headers of a message as listings show them, or nil if the message has no headers.
func HeadersOf(m *Message) record.Value {
	if m.Headers == nil {
		return nil
	}
	return headerValue(m.Headers)
}

func appendHeader(dst []byte, value any) []byte {
	switch v := value.(type) {
	case bool:
		return strconv.AppendBool(dst, v)
	case string:
		return append(dst, record.Quoted([]byte(v))...)
	case []byte:
		if utf8.Valid(v) {
			return append(dst, record.Quoted(v)...)
		}
		return append(base64.StdEncoding.AppendEncode(append(dst, '"'), v), '"')
	case time.Time:
		return appendTime(dst, v)
	case amqp091.Decimal:
		return append(dst, decimal(v)...)
	case []any:
		return appendArray(dst, v, appendHeader)
	case amqp091.Table:
		return appendObject(dst, v, func(dst []byte, name string) []byte {
			return append(dst, record.Quoted([]byte(name))...)
		}, appendHeader)
	}
	return appendPlainNumber(dst, value)
}

// decimal returns a decimal as text: a value of 314 with scale 2 is 3.14.
func decimal(d amqp091.Decimal) string {
	digits, sign := strconv.FormatInt(int64(d.Value), 10), ""
	if digits[0] == '-' {
		digits, sign = digits[1:], "-"
	}
	scale := int(d.Scale)
	if scale == 0 {
		return sign + digits
	}
	digits = strings.Repeat("0", max(0, scale+1-len(digits))) + digits
	return sign + digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
}

// headerAt returns the header at a dotted path: the header whose name is the whole path, or a member of a header that
// is a table.
func headerAt(table amqp091.Table, path string) record.Value {
	if value, ok := table[path]; ok {
		return headerValue(value)
	}
	for i := range len(path) {
		if path[i] != '.' {
			continue
		}
		if inner, ok := table[path[:i]].(amqp091.Table); ok {
			if found := headerAt(inner, path[i+1:]); found != nil {
				return found
			}
		}
	}
	return nil
}
