package erlang

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Text returns the term as Erlang writes it on one line.
func Text(t Term) string { return string(AppendText(nil, t)) }

// AppendText appends the text that Text returns for the term.
func AppendText(dst []byte, t Term) []byte {
	switch v := t.(type) {
	case Atom:
		return appendAtom(dst, string(v))
	case Binary:
		return appendBinary(dst, string(v))
	case String:
		return appendString(dst, string(v))
	case Number:
		return append(dst, v...)
	case List:
		if text, ok := printable(v); ok {
			return appendString(dst, text)
		}
		return append(appendTerms(append(dst, '['), v), ']')
	case Improper:
		dst = append(appendTerms(append(dst, '['), v.Head), '|')
		return append(AppendText(dst, v.Tail), ']')
	case Tuple:
		return append(appendTerms(append(dst, '{'), v), '}')
	case Map:
		dst = append(dst, "#{"...)
		for i, e := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(AppendText(dst, e.Key), " => "...)
			dst = AppendText(dst, e.Value)
		}
		return append(dst, '}')
	case Bits:
		return appendBits(dst, v)
	case nil:
		return append(dst, "''"...)
	}
	return appendName(dst, t)
}

// appendName appends a process, a port, a reference or a function as its own node writes it: a node writes its own
// number as 0.
func appendName(dst []byte, t Term) []byte {
	switch v := t.(type) {
	case Pid:
		return fmt.Appendf(dst, "<0.%d.%d>", v.ID, v.Serial)
	case Port:
		return fmt.Appendf(dst, "#Port<0.%d>", v.ID)
	case Ref:
		dst = append(dst, "#Ref<0"...)
		for i := v.Words - 1; i >= 0; i-- {
			dst = fmt.Appendf(dst, ".%d", v.ID[i])
		}
		return append(dst, '>')
	case Fun:
		return fmt.Appendf(dst, "#Fun<%s.%s.%s>", v.Module, v.Index, v.Unique)
	case Export:
		dst = append(appendAtom(append(dst, "fun "...), string(v.Module)), ':')
		return fmt.Appendf(appendAtom(dst, string(v.Function)), "/%d", v.Arity)
	}
	return dst
}

func appendTerms(dst []byte, terms []Term) []byte {
	for i, t := range terms {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendText(dst, t)
	}
	return dst
}

// appendBinary appends a binary as Erlang prints it when its encoding is not known: as a Latin-1 text if each byte is a
// printable Latin-1 character, otherwise as numbers.
func appendBinary(dst []byte, s string) []byte {
	dst = append(dst, "<<"...)
	switch {
	case s == "":
	case isPrintable(s):
		dst = append(dst, '"')
		for i := 0; i < len(s); i++ {
			dst = appendCharacter(dst, rune(s[i]))
		}
		dst = append(dst, '"')
	default:
		for i := 0; i < len(s); i++ {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = strconv.AppendInt(dst, int64(s[i]), 10)
		}
	}
	return append(dst, ">>"...)
}

// appendBits appends the bytes as numbers, and after the last one how many bits it has.
func appendBits(dst []byte, v Bits) []byte {
	dst = append(dst, "<<"...)
	last := len(v.Bytes) - 1
	for i := 0; i < last; i++ {
		dst = append(strconv.AppendInt(dst, int64(v.Bytes[i]), 10), ',')
	}
	if last >= 0 {
		dst = strconv.AppendInt(dst, int64(v.Bytes[last]>>(8-v.Last)), 10)
		dst = append(strconv.AppendInt(append(dst, ':'), int64(v.Last), 10), ">>"...)
	}
	return dst
}

// isPrintable reports whether each byte is a printable character of Latin-1.
func isPrintable(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isLatin1(rune(s[i])) {
			return false
		}
	}
	return true
}

func isLatin1(r rune) bool {
	return r >= ' ' && r <= '~' || r >= 0xa0 && r <= 0xff || r >= '\b' && r <= '\r' || r == 0x1b
}

// appendCharacter appends one printable character in the form that it has between quotes.
func appendCharacter(dst []byte, r rune) []byte {
	switch {
	case r == '"' || r == '\\':
		return append(dst, '\\', byte(r))
	case r >= '\b' && r <= '\r':
		return append(dst, '\\', "btnvfr"[r-'\b'])
	case r == 0x1b:
		return append(dst, `\e`...)
	}
	return utf8.AppendRune(dst, r)
}

// appendString appends a list of characters: in quotes if all of them are printable Latin-1, otherwise as their
// numbers. It writes an empty string as the empty list.
func appendString(dst []byte, s string) []byte {
	if s == "" {
		return append(dst, "[]"...)
	}
	if !isPrintableString(s) {
		return append(appendTerms(append(dst, '['), characters(s)), ']')
	}
	dst = append(dst, '"')
	for _, r := range s {
		dst = appendCharacter(dst, r)
	}
	return append(dst, '"')
}

func isPrintableString(s string) bool {
	for i, r := range s {
		if _, size := utf8.DecodeRuneInString(s[i:]); r == utf8.RuneError && size == 1 || !isLatin1(r) {
			return false
		}
	}
	return true
}

// printable returns a list of printable Latin-1 characters as a text; false for an empty list, and for a list that has
// any other element. Erlang has no other strings, and prints any list that looks like a string as a string.
func printable(l List) (string, bool) {
	if len(l) == 0 {
		return "", false
	}
	var b strings.Builder
	for _, e := range l {
		n, ok := e.(Number)
		if !ok || len(n) > 3 {
			return "", false
		}
		r, err := strconv.Atoi(string(n))
		if err != nil || !isLatin1(rune(r)) {
			return "", false
		}
		b.WriteRune(rune(r))
	}
	return b.String(), true
}

// Characters returns the characters of a string as a list of numbers.
func Characters(s String) List { return characters(string(s)) }

// characters returns the numbers of the characters; for a byte that is not UTF-8, the byte itself is the number.
func characters(s string) List {
	var out List
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && size == 1 {
			r = rune(s[0])
		}
		out = append(out, Int(int64(r)))
		s = s[size:]
	}
	return out
}

func width(s string) int { return utf8.RuneCountInString(s) }
