package personality

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// lineWidth is where Erlang breaks the lines of a printed term.
const lineWidth = 80

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

// pretty is the term as Erlang prints it over several lines, from a column on, with so many brackets to close behind it.
func pretty(t term, column, closing int) string {
	whole := flat(t)
	if width(whole) < lineWidth-column-closing {
		return whole
	}
	switch v := t.(type) {
	case binary:
		if numbers, ok := strings.CutPrefix(whole, "<<"); ok && whole == binaryNumbers(string(v)) {
			return "<<" + wrapped(strings.TrimSuffix(numbers, ">>"), column+2) + ">>"
		}
	case list:
		return "[" + prettyAll(v, column+1, closing+1) + "]"
	case tuple:
		if len(v) > 1 {
			if tag, ok := v[0].(atom); ok {
				lead := "{" + flat(tag) + ","
				return lead + prettyAll(v[1:], column+width(lead), closing+1) + "}"
			}
		}
		return "{" + prettyAll(v, column+1, closing+1) + "}"
	}
	return whole
}

// wrapped breaks numbers into lines that begin at a column and end two before lineWidth, as the tools break them.
func wrapped(numbers string, column int) string {
	var b strings.Builder
	at := column
	for i, n := range strings.SplitAfter(numbers, ",") {
		if i > 0 && at+len(n) >= lineWidth-1 {
			b.WriteString("\n" + strings.Repeat(" ", column))
			at = column
		}
		b.WriteString(n)
		at += len(n)
	}
	return b.String()
}

// prettyAll prints elements one below the other; simple ones stay on the line as long as they fit.
func prettyAll(terms []term, column, closing int) string {
	var b strings.Builder
	at := column
	for i, t := range terms {
		last := 0
		if i == len(terms)-1 {
			last = closing
		}
		if i > 0 {
			b.WriteByte(',')
			at++
			if whole := flat(t); isSimple(t) && isSimple(terms[i-1]) && width(whole) < lineWidth-at-last {
				b.WriteString(whole)
				at += width(whole)
				continue
			}
			b.WriteString("\n" + strings.Repeat(" ", column))
			at = column
		}
		text := pretty(t, at, last)
		b.WriteString(text)
		if i := strings.LastIndexByte(text, '\n'); i >= 0 {
			at, text = 0, text[i+1:]
		}
		at += width(text)
	}
	return b.String()
}

func isSimple(t term) bool {
	switch v := t.(type) {
	case list:
		return len(v) == 0
	case tuple, dict:
		return false
	}
	return true
}

func width(s string) int { return utf8.RuneCountInString(s) }
