package erlang

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// next reads the next token.
func (p *parser) next() {
	if p.err != nil {
		return
	}
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
	rest := p.text[p.at:]
	p.token, p.value = "", ""
	if rest == "" {
		return
	}
	switch c := rest[0]; {
	case c == '"' || c == '\'':
		p.quoted(rest)
		return
	case c == '$':
		value, size := p.character(rest[1:])
		if size == 0 {
			p.fail("a character is missing after $")
			return
		}
		p.token, p.value = rest[:1+size], value
	case isDigit(c) || c == '-' && len(rest) > 1 && isDigit(rest[1]):
		p.token = rest[:numberLength(rest)]
	default:
		p.token = rest[:symbolLength(rest)]
	}
	p.at += len(p.token)
}

// symbolLength returns the length of the word or sign that the text begins with.
func symbolLength(text string) int {
	for _, sign := range []string{"<<", ">>", "=>"} {
		if strings.HasPrefix(text, sign) {
			return len(sign)
		}
	}
	n := 0
	for n < len(text) {
		r, size := utf8.DecodeRuneInString(text[n:])
		if !isNameRune(r) {
			break
		}
		n += size
	}
	if n == 0 {
		_, n = utf8.DecodeRuneInString(text)
	}
	return n
}

// numberLength returns the length of the number that the text begins with: digits, a base, a fraction, an exponent.
func numberLength(text string) int {
	n := 1
	for n < len(text) {
		c := text[n]
		switch {
		case isDigit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '#' || c == '_':
		case c == '.' && n+1 < len(text) && isDigit(text[n+1]):
		case (c == '-' || c == '+') && (text[n-1] == 'e' || text[n-1] == 'E') && strings.Contains(text[:n], "."):
		default:
			return n
		}
		n++
	}
	return n
}

// quoted reads a text or an atom in quotes.
func (p *parser) quoted(rest string) {
	var value strings.Builder
	for i := 1; i < len(rest); {
		if rest[i] == rest[0] {
			p.token, p.value = rest[:i+1], value.String()
			p.at += i + 1
			return
		}
		c, size := p.character(rest[i:])
		if size == 0 {
			p.fail("a character that is not UTF-8, or an unfinished escape")
			return
		}
		value.WriteString(c)
		i += size
	}
	p.fail("%c is not closed", rest[0])
}

// character returns the first character of the text, which may be an escaped one, and the length of its spelling in
// bytes; 0 if the text does not begin with a valid character.
func (p *parser) character(text string) (string, int) {
	r, size := utf8.DecodeRuneInString(text)
	if r == utf8.RuneError && size <= 1 {
		return "", 0
	}
	if r != '\\' {
		return text[:size], size
	}
	r, size = utf8.DecodeRuneInString(text[1:])
	switch {
	case r == utf8.RuneError && size <= 1:
		return "", 0
	case r == 'x':
		return hexadecimal(text)
	case r >= '0' && r <= '7':
		n, length := 0, 1
		for length < len(text) && length < 4 && text[length] >= '0' && text[length] <= '7' {
			n = n*8 + int(text[length]-'0')
			length++
		}
		return string(rune(n)), length
	case r == '^' && len(text) > 2:
		return string(rune(text[2] & 31)), 3
	}
	if i := strings.IndexRune("btnvfresd", r); i >= 0 {
		return "\b\t\n\v\f\r\x1b \x7f"[i : i+1], 2
	}
	return text[1 : 1+size], 1 + size
}

// hexadecimal returns the character that \xHH or \x{HHHH} at the beginning of the text stands for, and the length of
// this spelling in bytes; 0 if it stands for no character.
func hexadecimal(text string) (string, int) {
	digits, length := "", 0
	if strings.HasPrefix(text, `\x{`) {
		end := strings.IndexByte(text, '}')
		if end < 0 {
			return "", 0
		}
		digits, length = text[3:end], end+1
	} else if len(text) >= 4 {
		digits, length = text[2:4], 4
	}
	n, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || !utf8.ValidRune(rune(n)) || n > utf8.MaxRune {
		return "", 0
	}
	return string(rune(n)), length
}
