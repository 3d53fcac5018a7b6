package erldist

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
)

// Characters returns the text of what Erlang calls characters: a binary, a character, a string, or lists of these.
// latin means that binaries are in Latin-1; otherwise they are taken as UTF-8, unchecked. Characters returns false for
// any other term, and for a number that is no character.
func Characters(t erlang.Term, latin bool) (string, bool) {
	var b strings.Builder
	ok := appendCharacters(&b, t, latin)
	return b.String(), ok
}

func appendCharacters(b *strings.Builder, t erlang.Term, latin bool) bool {
	switch v := t.(type) {
	case erlang.String:
		b.WriteString(string(v))
	case erlang.Binary:
		if !latin {
			b.WriteString(string(v))
			return true
		}
		for i := range len(v) {
			b.WriteRune(rune(v[i]))
		}
	case erlang.Number:
		r, err := strconv.ParseInt(string(v), 10, 32)
		if err != nil || !utf8.ValidRune(rune(r)) {
			return false
		}
		b.WriteRune(rune(r))
	case erlang.List:
		for _, e := range v {
			if !appendCharacters(b, e, latin) {
				return false
			}
		}
	case erlang.Improper:
		return appendCharacters(b, v.Head, latin) && appendCharacters(b, v.Tail, latin)
	default:
		return false
	}
	return true
}
