package render

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Escape makes s safe to show on one line of a terminal. Control characters of ASCII become \t, \n, \r or \xNN, and
// bytes that are not UTF-8 become \xNN. Other control characters, and characters that hide or reorder text (zero-width,
// right-to-left override, line separators), become \uNNNN, or \UNNNNNNNN above U+FFFF. Everything else stays unchanged,
// including backslashes, so the result cannot be converted back.
func Escape(s string) string {
	if i := firstHostile(s); i < len(s) {
		return string(appendEscaped(append([]byte(nil), s[:i]...), s[i:]))
	}
	return s
}

// EscapeLines escapes each line of a text as Escape does, and keeps the line ends.
func EscapeLines(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = Escape(lines[i])
	}
	return strings.Join(lines, "\n")
}

// firstHostile returns the index of the first character that Escape changes, or len(s) if there is none.
func firstHostile(s string) int {
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if c < ' ' || c == 0x7f {
				return i
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if hostile(r, size) {
			return i
		}
		i += size
	}
	return len(s)
}

func hostile(r rune, size int) bool {
	return r == utf8.RuneError && size == 1 || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

func appendEscaped(dst []byte, s string) []byte {
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case !hostile(r, size):
			dst = append(dst, s[i:i+size]...)
		case r == '\t':
			dst = append(dst, `\t`...)
		case r == '\n':
			dst = append(dst, `\n`...)
		case r == '\r':
			dst = append(dst, `\r`...)
		case r < utf8.RuneSelf || size == 1:
			dst = fmt.Appendf(dst, `\x%02x`, s[i])
		case r > 0xffff:
			dst = fmt.Appendf(dst, `\U%08x`, r)
		default:
			dst = fmt.Appendf(dst, `\u%04x`, r)
		}
		i += size
	}
	return dst
}

// showEdges makes blanks at the ends of a cell visible, because they look like the padding of the table.
func showEdges(s string) string {
	if s == "" || s[0] != ' ' && s[len(s)-1] != ' ' {
		return s
	}
	inner := strings.Trim(s, " ")
	before := len(s) - len(strings.TrimLeft(s, " "))
	return strings.Repeat(`\x20`, before) + inner + strings.Repeat(`\x20`, len(s)-before-len(inner))
}

// appendUnicodeEscape appends \uNNNN, which JSON decodes to the character. Above U+FFFF it appends two such escapes, a
// surrogate pair.
func appendUnicodeEscape(dst []byte, r rune) []byte {
	if high, low := utf16.EncodeRune(r); high != unicode.ReplacementChar {
		return fmt.Appendf(dst, `\u%04x\u%04x`, high, low)
	}
	return fmt.Appendf(dst, `\u%04x`, r)
}

// appendYAMLEscape is appendUnicodeEscape for double-quoted YAML, which has no surrogate pairs.
func appendYAMLEscape(dst []byte, r rune) []byte {
	if r > 0xffff {
		return fmt.Appendf(dst, `\U%08x`, r)
	}
	return fmt.Appendf(dst, `\u%04x`, r)
}
