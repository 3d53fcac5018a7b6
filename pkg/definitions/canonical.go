package definitions

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// member is a member of a JSON object, with its value in canonical form.
type member struct {
	name  string
	value record.Value
}

// Canonical returns the value in one form for all releases: the members of objects are sorted at every depth, there is
// no white space, and each text is escaped in one way only. Releases differ in all three. Numbers stay as they are
// written. Of members with the same name the last one counts, as for brokers.
func Canonical(v record.Value) record.Value {
	v = bytes.TrimSpace(v)
	if len(v) == 0 {
		return v
	}
	switch v[0] {
	case '{':
		all, _ := membersOf(v)
		return joined(all)
	case '[':
		out := record.Value{'['}
		v.Each(func(e record.Value) {
			if len(out) > 1 {
				out = append(out, ',')
			}
			out = append(out, Canonical(e)...)
		})
		return append(out, ']')
	case '"':
		return quoted(v.Text())
	}
	return v
}

// mostDeep is the depth to which objects and lists may be nested. Real definitions have a few levels only, and a deep
// value would take long to process.
const mostDeep = 100

// tooDeep reports whether the value is nested deeper than mostDeep.
func tooDeep(v record.Value) bool {
	depth, text, escaped := 0, false, false
	for _, c := range v {
		switch {
		case escaped:
			escaped = false
		case text:
			escaped, text = c == '\\', c != '"'
		case c == '"':
			text = true
		case c == '{', c == '[':
			if depth++; depth > mostDeep {
				return true
			}
		case c == '}', c == ']':
			depth--
		}
	}
	return false
}

// plainMembers returns the members of an object that is canonical already: see Canonical.
func plainMembers(v record.Value) (all []member) {
	for name, value := range v.Members() {
		all = append(all, member{name, value})
	}
	return all
}

// membersOf returns the members of an object, with canonical values, and the names that occur more than once. Of such
// members only the last value stays.
func membersOf(v record.Value) (all []member, twice []string) {
	at := map[string]int{}
	for name, value := range v.Members() {
		if i, is := at[name]; is {
			twice = append(twice, name)
			all[i].value = Canonical(value)
			continue
		}
		at[name] = len(all)
		all = append(all, member{name, Canonical(value)})
	}
	return all, twice
}

// joined returns an object with these members. It sorts them in place.
func joined(all []member) record.Value {
	slices.SortFunc(all, func(a, b member) int { return strings.Compare(a.name, b.name) })
	out := record.Value{'{'}
	for i, m := range all {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(appendQuoted(out, m.name), ':')
		out = append(out, m.value...)
	}
	return append(out, '}')
}

func quoted(text string) record.Value { return appendQuoted(nil, text) }

// appendQuoted writes a text as a JSON string that is also valid YAML. Bytes that are not UTF-8 stay, because names on
// brokers can hold them.
func appendQuoted(out []byte, text string) []byte {
	out = append(out, '"')
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case r == '"', r == '\\':
			out = append(out, '\\', byte(r))
		case r == '\n':
			out = append(out, '\\', 'n')
		case r == '\t':
			out = append(out, '\\', 't')
		case r < ' ', r >= 0x7f && r < 0xa0, r == 0x2028, r == 0x2029, r == 0xfeff:
			out = fmt.Appendf(out, `\u%04x`, r)
		default:
			out = append(out, text[:size]...)
		}
		text = text[size:]
	}
	return append(out, '"')
}
