package erlang

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Text is the term as Erlang writes it on one line.
func Text(t Term) string { return string(AppendText(nil, t)) }

// AppendText appends what Text makes of the term.
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
		return append(appendTerms(append(dst, '['), v), ']')
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
	}
	return append(dst, "''"...)
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

// appendAtom quotes an atom where Erlang has to.
func appendAtom(dst []byte, a string) []byte {
	plain := a != "" && a[0] >= 'a' && a[0] <= 'z'
	for i := 0; i < len(a) && plain; i++ {
		c := a[i]
		plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '@'
	}
	if plain {
		return append(dst, a...)
	}
	dst = append(dst, '\'')
	dst = append(dst, strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(a)...)
	return append(dst, '\'')
}

// appendBinary appends a binary as Erlang prints it when it is told nothing of its encoding: as a text of Latin-1 when
// each byte of it is a printable character there, otherwise as numbers.
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

// isPrintable tells whether each byte is a printable character of Latin-1.
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

// appendCharacter appends one printable character as it stands between quotes.
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

// appendString appends a list of characters: in quotes when all of them are printable Latin-1, otherwise as their
// numbers. The empty one is the empty list.
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

// characters are the numbers of the characters; a byte that is not UTF-8 stands for itself.
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
