package erlang

import (
	"net/netip"
	"strconv"
	"strings"
)

// Cell returns the term as the official tools print it in a cell of a table or of csv.
func Cell(t Term) string {
	switch v := t.(type) {
	case Atom:
		return string(v)
	case Binary:
		return string(v)
	case String:
		return string(v)
	case Number:
		return string(v)
	case Map:
		var entries []string
		for _, e := range v {
			entries = append(entries, Cell(e.Key)+" => "+Cell(e.Value))
		}
		return "#{" + strings.Join(entries, ", ") + "}"
	case Tuple:
		switch {
		case len(v) == 2:
			return "{" + Text(v[0]) + ", " + Cell(v[1]) + "}"
		case len(v) == 4 || len(v) == 8:
			return addressText(v)
		}
		return Text(v)
	case List:
		if IsTable(v) {
			return Text(untyped(v))
		}
		var elements []string
		for _, e := range v {
			elements = append(elements, Cell(e))
		}
		return "[" + strings.Join(elements, ", ") + "]"
	}
	if p, ok := t.(Pid); ok {
		return p.Name()
	}
	if t == nil {
		return ""
	}
	return Text(t)
}

// IsTable reports whether the list is an AMQP table, whose entries have a name, a type and a value; it looks only at
// the first entry. It returns false for an empty list, which looks the same as an empty table.
func IsTable(l List) bool {
	if len(l) == 0 {
		return false
	}
	entry, ok := l[0].(Tuple)
	if !ok || len(entry) != 3 {
		return false
	}
	_, named := entry[0].(Binary)
	return named
}

// untyped returns a value of an AMQP table, with the types in it left out. It turns binaries into strings, because the
// tools print these texts as lists of characters.
func untyped(t Term) Term {
	switch v := t.(type) {
	case Binary:
		return String(v)
	case List:
		out := List{}
		for _, e := range v {
			switch typed, _ := e.(Tuple); len(typed) {
			case 2: // an element of an array: type and value
				out = append(out, untyped(typed[1]))
			case 3:
				out = append(out, Tuple{untyped(typed[0]), untyped(typed[2])})
			default:
				out = append(out, untyped(e))
			}
		}
		return out
	}
	return t
}

// addressText returns the usual text of an IP address of 4 or of 8 numbers. It does not check a tuple of 4; for a tuple
// of 8 whose elements are not all numbers it returns "".
func addressText(v Tuple) string {
	var parts []string
	for _, n := range v {
		parts = append(parts, Cell(n))
	}
	if len(v) == 4 {
		return strings.Join(parts, ".")
	}
	var b [16]byte
	for i, p := range parts {
		n, err := strconv.Atoi(p)
		if err != nil {
			return ""
		}
		b[2*i], b[2*i+1] = byte(n>>8), byte(n)
	}
	return netip.AddrFrom16(b).String()
}
