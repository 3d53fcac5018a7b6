package erlang

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// reserved holds the words of Erlang's syntax, which need quotes as atoms. Erlang 25 still writes else and maybe
// without quotes, but reads them with quotes too.
const reserved = " after and andalso band begin bnot bor bsl bsr bxor case catch cond div else end fun if let maybe not of or " +
	"orelse receive rem try when xor "

// appendAtom appends an atom, with quotes if Erlang requires them.
func appendAtom(dst []byte, a string) []byte {
	if isWord(a) && !strings.Contains(reserved, " "+a+" ") {
		return append(dst, a...)
	}
	dst = append(dst, '\'')
	for _, r := range a {
		switch {
		case r == '\'' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r > 0xff:
			dst = fmt.Appendf(dst, `\x{%X}`, r)
		case r == 0x7f:
			dst = append(dst, `\d`...)
		case r == '"':
			dst = append(dst, '"')
		case isLatin1(r):
			dst = appendCharacter(dst, r)
		default:
			dst = fmt.Appendf(dst, `\%03o`, r)
		}
	}
	return append(dst, '\'')
}

// isWord reports whether an atom needs no quotes: it is a small letter, then letters, digits, _ and @.
func isWord(a string) bool {
	if first, _ := utf8.DecodeRuneInString(a); !isSmall(first) {
		return false
	}
	for _, r := range a {
		if !isNameRune(r) {
			return false
		}
	}
	return true
}

func isSmall(r rune) bool { return r >= 'a' && r <= 'z' || r >= 0xdf && r <= 0xff && r != 0xf7 }

func isNameRune(r rune) bool {
	return isSmall(r) || r >= 'A' && r <= 'Z' || r >= 0xc0 && r <= 0xde && r != 0xd7 || r >= '0' && r <= '9' ||
		r == '_' || r == '@'
}
