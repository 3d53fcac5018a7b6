package render

import (
	"strconv"
	"unicode/utf8"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// appendNames appends a list as rabbitmqctl prints it: [a, b].
func appendNames(dst []byte, v record.Value) []byte {
	dst = append(dst, '[')
	first := true
	v.Each(func(e record.Value) {
		if !first {
			dst = append(dst, ", "...)
		}
		first = false
		dst = appendText(dst, e)
	})
	return append(dst, ']')
}

// appendAMQPTable appends arguments as rabbitmqctl prints them: [{"x-queue-type","quorum"},{"x-max-length",100}].
func appendAMQPTable(dst []byte, v record.Value) []byte {
	dst = append(dst, '[')
	first := true
	members(v, func(name string, value record.Value) {
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(dst, '{')
		dst = append(appendErlangString(dst, name), ',')
		dst = append(appendAMQPValue(dst, value), '}')
	})
	return append(dst, ']')
}

func appendAMQPValue(dst []byte, v record.Value) []byte {
	switch {
	case !v.Known():
		return append(dst, "undefined"...)
	case v[0] == '{':
		return appendAMQPTable(dst, v)
	case v[0] == '[':
		dst = append(dst, '[')
		first := true
		v.Each(func(e record.Value) {
			if !first {
				dst = append(dst, ',')
			}
			first = false
			dst = appendAMQPValue(dst, e)
		})
		return append(dst, ']')
	case v[0] == '"':
		return appendErlangString(dst, v.Text())
	}
	return append(dst, v...)
}

// appendErlangString appends s as Erlang prints a list of characters: in quotes when all of them are printable
// Latin-1, otherwise as their numbers; the empty list is [].
func appendErlangString(dst []byte, s string) []byte {
	if s == "" {
		return append(dst, "[]"...)
	}
	for i, r := range s {
		_, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 || !erlangPrintable(r) {
			return appendErlangNumbers(dst, s)
		}
	}
	dst = append(dst, '"')
	for _, r := range s {
		switch r {
		case '"', '\\':
			dst = append(dst, '\\', byte(r))
		case '\n':
			dst = append(dst, `\n`...)
		case '\r':
			dst = append(dst, `\r`...)
		case '\t':
			dst = append(dst, `\t`...)
		case '\v':
			dst = append(dst, `\v`...)
		case '\b':
			dst = append(dst, `\b`...)
		case '\f':
			dst = append(dst, `\f`...)
		case 0x1b:
			dst = append(dst, `\e`...)
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return append(dst, '"')
}

func erlangPrintable(r rune) bool {
	return r >= ' ' && r <= '~' || r >= 0xa0 && r <= 0xff || r >= '\b' && r <= '\r' || r == 0x1b
}

// appendErlangNumbers appends the characters of s as numbers; a byte that is not UTF-8 stands for itself.
func appendErlangNumbers(dst []byte, s string) []byte {
	dst = append(dst, '[')
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			r = rune(s[i])
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = strconv.AppendInt(dst, int64(r), 10)
		i += size
	}
	return append(dst, ']')
}

// ErlangString is s as Erlang prints a list of its characters: quoted, or as numbers where one of them is not printable
// Latin-1.
func ErlangString(s string) string { return string(appendErlangString(nil, s)) }
