package render

import (
	"bytes"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// appendText appends the text of a value, and nothing for an unknown value.
func appendText(dst []byte, v record.Value) []byte {
	switch {
	case !v.Known():
		return dst
	case v[0] == '"' && len(v) > 1 && bytes.IndexByte(v, '\\') < 0:
		return append(dst, v[1:len(v)-1]...)
	case v[0] == '"' || v[0] == '{' || v[0] == '[':
		return append(dst, v.Text()...)
	}
	return append(dst, v...)
}

// appendPlain appends the cell as rabbitmqctl prints it: numbers without units, lists and arguments in Erlang's
// notation.
func appendPlain(dst []byte, kind record.Kind, v record.Value) []byte {
	switch {
	case !v.Known():
		return dst
	case kind == record.List && v[0] == '[':
		return appendNames(dst, v)
	case kind == record.Map && (v[0] == '{' || string(v) == "[]"):
		return appendArguments(dst, v)
	}
	return appendText(dst, v)
}

// appendPairs appends an object as key=value pairs with commas between them, for people.
func appendPairs(dst []byte, v record.Value) []byte {
	first := true
	for name, value := range v.Members() {
		if !first {
			dst = append(dst, ", "...)
		}
		first = false
		dst = append(append(dst, name...), '=')
		dst = appendText(dst, value)
	}
	return dst
}
