package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// Value is one cell as the broker sent it, raw JSON. A nil Value is absent: the broker sent nothing, which is neither
// null nor 0.
type Value []byte

// Row holds the values of the picked columns, in the order of the columns.
type Row []Value

// Of makes a Value of a Go value; nil makes an absent Value. It is for facts that this program computes, not for data
// that a broker sent.
func Of(v any) Value {
	if v == nil {
		return nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		// For example, channels, functions and NaN cannot be encoded. Then a cell with the text of the error is better than a
		// failed listing.
		return Of(strings.ToValidUTF8(err.Error(), "?"))
	}
	return Value(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

// Quoted writes a name as a JSON string. Bytes that are not UTF-8 stay, as in the answers of the API.
func Quoted(name []byte) Value {
	switch {
	case !bytes.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == '"' || r == '\\' }):
		return slices.Concat([]byte{'"'}, name, []byte{'"'})
	case utf8.Valid(name):
		return Of(string(name))
	}
	out := []byte{'"'}
	for _, b := range name {
		switch {
		case b == '"', b == '\\':
			out = append(out, '\\', b)
		case b < ' ':
			out = fmt.Appendf(out, `\u%04x`, b)
		default:
			out = append(out, b)
		}
	}
	return append(out, '"')
}

// Absent tells whether the broker sent nothing at all.
func (v Value) Absent() bool { return v == nil }

// Known reports whether the value is neither absent nor null.
func (v Value) Known() bool { return v != nil && string(v) != "null" }

// Text returns the value as rabbitmqctl's users read it: a string without its quotes, a number as it was sent, an
// object or a list as compact JSON, and "" for absent and null.
func (v Value) Text() string {
	if !v.Known() {
		return ""
	}
	switch v[0] {
	case '"':
		return v.unquoted()
	case '{', '[':
		c := append(jsontext.Value(nil), v...)
		if c.Compact(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)) != nil {
			return string(v)
		}
		return string(c)
	}
	return string(v)
}

// Number returns the value as a number, and false if it is not a number. Brokers do send "NaN" or "unknown" in place of
// a number.
func (v Value) Number() (float64, bool) {
	if !v.isNumber() {
		return 0, false
	}
	f, err := strconv.ParseFloat(string(v), 64)
	return f, err == nil
}

// Int returns the value as a whole number, and false if it is not a number or does not fit. The fraction of a number is
// cut off.
func (v Value) Int() (int64, bool) {
	if !v.isNumber() {
		return 0, false
	}
	if n, err := strconv.ParseInt(string(v), 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(string(v), 64)
	if err != nil || f < -9.2e18 || f > 9.2e18 {
		return 0, false
	}
	return int64(f), true
}

// Bool returns the value as true or false. ok is false if the value is neither.
func (v Value) Bool() (value, ok bool) {
	switch string(v) {
	case "true":
		return true, true
	case "false":
		return false, true
	}
	return false, false
}

// Decode decodes the value into plain Go values: string, bool, json.Number, map[string]any or []any. Absent and null
// become nil; text that is not JSON becomes a string.
func (v Value) Decode() any {
	if !v.Known() {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(v))
	d.UseNumber()
	var out any
	if d.Decode(&out) != nil {
		return string(v)
	}
	return out
}

// Native returns the value in the types that filters and templates compare: int for a whole number and float64 for any
// other, bool, string, []any or map[string]any. The argument null replaces every null and absent value, also inside
// lists and objects, and every number that fits neither type.
func (v Value) Native(null any) any { return native(v.Decode(), null) }

func native(v, null any) any {
	switch v := v.(type) {
	case nil:
		return null
	case json.Number:
		if n, err := strconv.Atoi(v.String()); err == nil {
			return n
		}
		if f, err := v.Float64(); err == nil {
			return f
		}
		return null
	case []any:
		for i := range v {
			v[i] = native(v[i], null)
		}
	case map[string]any:
		for name := range v {
			v[name] = native(v[name], null)
		}
	}
	return v
}

// Map returns the value as an object, and nil for anything else, such as the [] that brokers send for an empty table.
func (v Value) Map() map[string]any {
	m, _ := v.Decode().(map[string]any)
	return m
}

// At returns the value at a dotted path below this value, or an absent value if nothing is at that path.
func (v Value) At(path string) Value {
	row, err := NewPicker([]Column{{Name: path}}).Pick(v)
	if err != nil {
		return nil
	}
	return row[0]
}

// Texts returns the elements of a list as Text writes them, and nil for an empty list or any other value.
func (v Value) Texts() (words []string) {
	v.Each(func(word Value) { words = append(words, word.Text()) })
	return words
}

// Each calls f with the elements of an array, in order. For any other value it does nothing.
func (v Value) Each(f func(Value)) {
	if len(v) == 0 || v[0] != '[' {
		return
	}
	d := decoder(bytes.NewReader(v))
	if _, err := d.ReadToken(); err != nil {
		return
	}
	for d.PeekKind() != ']' {
		e, err := d.ReadValue()
		if err != nil {
			return
		}
		f(append(Value(nil), e...))
	}
}

// Members yields the members of an object in the order in which the broker sent them; a name can come twice. For any
// other value it yields nothing.
func (v Value) Members() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		if len(v) == 0 || v[0] != '{' {
			return
		}
		d := decoder(bytes.NewReader(v))
		if _, err := d.ReadToken(); err != nil {
			return
		}
		for d.PeekKind() == '"' {
			name, err := d.ReadValue()
			if err != nil {
				return
			}
			text := Value(name).Text()
			value, err := d.ReadValue()
			if err != nil || !yield(text, append(Value(nil), value...)) {
				return
			}
		}
	}
}

func (v Value) isNumber() bool { return len(v) > 0 && (v[0] == '-' || v[0] >= '0' && v[0] <= '9') }

// unquoted returns the text of a JSON string. Bytes that are not UTF-8 stay unchanged.
func (v Value) unquoted() string {
	if len(v) < 2 {
		return string(v)
	}
	inner := v[1 : len(v)-1]
	if bytes.IndexByte(inner, '\\') < 0 {
		return string(inner)
	}
	// jsontext would turn bytes that are not UTF-8 into U+FFFD, and so change the name: pass only the escapes to it.
	var b []byte
	for len(inner) > 0 {
		i := bytes.IndexByte(inner, '\\')
		if i < 0 {
			break
		}
		b = append(b, inner[:i]...)
		n := escapeLength(inner[i:])
		unquoted, err := jsontext.AppendUnquote(nil, []byte(`"`+string(inner[i:i+n])+`"`))
		if err != nil && len(unquoted) == 0 {
			unquoted = inner[i : i+n]
		}
		b = append(b, unquoted...)
		inner = inner[i+n:]
	}
	return string(append(b, inner...))
}

// escapeLength returns the length of the escape at the start of s: two bytes, six for a \u escape, or twelve for two \u
// escapes that together make a character.
func escapeLength(s []byte) int {
	n := 2
	if len(s) > 1 && s[1] == 'u' {
		n = 6
		if len(s) >= 12 && s[6] == '\\' && s[7] == 'u' && bytes.ContainsAny(s[2:3], "dD") && bytes.ContainsAny(s[3:4],
			"89abAB") {
			n = 12
		}
	}
	return min(n, len(s))
}
