package erlang

import (
	"slices"
	"strings"
)

// lineWidth limits the length of the lines of a printed term. Columns are counted from 1, as in Erlang.
const lineWidth = 80

// fits reports whether a text of this length fits at a column, if this number of closing brackets follows directly.
func fits(length, column, closing int) bool { return length < lineWidth-column-closing }

// Lines returns the term as Erlang prints it from a column on: on one line if it fits, otherwise over several lines.
// The first column is 1; closing is the number of brackets that follow the term.
func Lines(t Term, column, closing int) string {
	whole := Text(t)
	if fits(width(whole), column, closing) {
		return whole
	}
	switch v := t.(type) {
	case Binary, Bits:
		if !isSimple(v) {
			return "<<" + numberLines(strings.TrimSuffix(strings.TrimPrefix(whole, "<<"), ">>"), column+2, closing) + ">>"
		}
	case String:
		if !isSimple(v) {
			return Lines(characters(string(v)), column, closing)
		}
	case List:
		if !isSimple(v) {
			return "[" + elementLines(v, column+1, closing) + "]"
		}
	case Improper:
		return "[" + partLines(append(slices.Clone(v.Head), v.Tail), len(v.Head), column+1, closing) + "]"
	case Tuple:
		if len(v) > 1 {
			if tag, ok := v[0].(Atom); ok {
				lead := "{" + Text(tag) + ","
				return lead + elementLines(v[1:], column+width(lead), closing) + "}"
			}
		}
		return "{" + elementLines(v, column+1, closing) + "}"
	case Map:
		return "#{" + entryLines(v, column+2, closing) + "}"
	}
	return whole
}

// elementLines returns the elements of a list or tuple, each on a line of its own. Only simple elements share a line,
// as long as they fit.
func elementLines(terms []Term, column, closing int) string {
	return partLines(terms, -1, column, closing)
}

// partLines returns the lines of elements. The parameter tail is the index of the tail of an improper list; -1 for
// none.
func partLines(terms []Term, tail, column, closing int) string {
	var b strings.Builder
	at := column
	for i, t := range terms {
		// Closing brackets follow only the last element, and they must fit too. Erlang also counts them for the element
		// before the tail of an improper list.
		behind := 0
		if i == len(terms)-1 || i == tail-1 {
			behind = closing + 1
		}
		length := width(Text(t))
		if i > 0 {
			b.WriteString(between(i == tail))
			if isSimple(t) && fits(1+length, at, max(behind, 1)) {
				b.WriteString(Text(t))
				at += 1 + length
				continue
			}
			b.WriteString("\n" + strings.Repeat(" ", column-1))
			at = column
		}
		b.WriteString(Lines(t, at, behind))
		if at += length; !isSimple(t) || !fits(length, column, behind) {
			at = column + lineWidth
		}
	}
	return b.String()
}

func between(isTail bool) string {
	if isTail {
		return "|"
	}
	return ","
}

// entryLines returns the entries of a map. A value that does not fit after its key stands below it.
func entryLines(entries Map, column, closing int) string {
	var b strings.Builder
	at := column
	for i, e := range entries {
		behind := 0
		if i == len(entries)-1 {
			behind = closing + 1
		}
		whole := Text(e.Key) + " => " + Text(e.Value)
		length, simple := width(whole), isSimple(e.Key) && isSimple(e.Value)
		if i > 0 {
			b.WriteByte(',')
			if simple && fits(1+length, at, max(behind, 1)) {
				b.WriteString(whole)
				at += 1 + length
				continue
			}
			b.WriteString("\n" + strings.Repeat(" ", column-1))
		}
		switch {
		case !fits(length, column, behind):
			b.WriteString(Lines(e.Key, column, behind) + " =>\n" + strings.Repeat(" ", column+3) + Lines(e.Value, column+4,
				behind))
			at = column + lineWidth
		case simple:
			b.WriteString(whole)
			at = column + length
		default:
			b.WriteString(whole)
			at = column + lineWidth
		}
	}
	return b.String()
}

// numberLines breaks the numbers of a binary into lines that begin at a column. The closing brackets after the binary
// count for every line.
func numberLines(numbers string, column, closing int) string {
	var b strings.Builder
	whole := max(8, lineWidth-column-closing)
	room := whole
	for _, n := range strings.SplitAfter(numbers, ",") {
		if room -= len(n); room < 0 {
			b.WriteString("\n" + strings.Repeat(" ", column-1))
			room = whole - len(n)
		}
		b.WriteString(n)
	}
	return b.String()
}

// isSimple reports whether a term has no parts that could stand on lines of their own.
func isSimple(t Term) bool {
	switch v := t.(type) {
	case List:
		_, text := printable(v)
		return text || len(v) == 0
	case Improper, Bits:
		return false
	case Tuple:
		return len(v) == 0
	case Map:
		return len(v) == 0
	case Binary:
		return isPrintable(string(v))
	case String:
		return isPrintableString(string(v))
	}
	return true
}
