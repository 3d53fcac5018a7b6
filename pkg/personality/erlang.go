package personality

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// flat is the term as Erlang writes it on one line.
func flat(t term) string {
	switch v := t.(type) {
	case atom:
		return atomText(string(v))
	case binary:
		return binaryText(string(v))
	case number:
		return string(v)
	case list:
		return "[" + flatAll(v) + "]"
	case tuple:
		return "{" + flatAll(v) + "}"
	case dict:
		var entries []string
		for _, e := range v {
			entries = append(entries, flat(e.key)+" => "+flat(e.value))
		}
		return "#{" + strings.Join(entries, ",") + "}"
	}
	return "''"
}

func flatAll(terms []term) string {
	var out []string
	for _, t := range terms {
		out = append(out, flat(t))
	}
	return strings.Join(out, ",")
}

// atomText quotes an atom where Erlang has to.
func atomText(a string) string {
	plain := a != "" && a[0] >= 'a' && a[0] <= 'z'
	for i := 0; i < len(a) && plain; i++ {
		c := a[i]
		plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '@'
	}
	if plain {
		return a
	}
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(a) + "'"
}

// binaryText is a binary as Erlang prints it when it is told nothing of its encoding: as a text of Latin-1 when each byte of it
// is a printable character there, otherwise as numbers.
func binaryText(s string) string {
	if s == "" {
		return "<<>>"
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c >= ' ' && c <= '~' || c >= 0xa0:
			b.WriteRune(rune(c))
		case c >= '\b' && c <= '\r':
			b.WriteString([]string{`\b`, `\t`, `\n`, `\v`, `\f`, `\r`}[c-'\b'])
		case c == 0x1b:
			b.WriteString(`\e`)
		default:
			return binaryNumbers(s)
		}
	}
	return `<<"` + b.String() + `">>`
}

func binaryNumbers(s string) string {
	var out []string
	for i := 0; i < len(s); i++ {
		out = append(out, strconv.Itoa(int(s[i])))
	}
	return "<<" + strings.Join(out, ",") + ">>"
}

func width(s string) int { return utf8.RuneCountInString(s) }
