package topology

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"
)

// Policy is a policy or an operator policy.
type Policy struct {
	Name, Pattern string
	// ApplyTo is queues, exchanges, all, classic_queues, quorum_queues or streams; "" means all.
	ApplyTo    string
	Operator   bool
	Priority   int64
	Definition map[string]any
}

// CoversQueue reports whether the policy applies to queues of that type. An unknown type "" counts as any type.
func (p Policy) CoversQueue(kind string) bool {
	switch p.ApplyTo {
	case "all", "queues", "":
		return true
	case "classic_queues":
		return kind == "classic" || kind == ""
	case "quorum_queues":
		return kind == "quorum" || kind == ""
	case "streams":
		return kind == "stream" || kind == ""
	}
	return false
}

// CoversExchanges reports whether the policy applies to exchanges.
func (p Policy) CoversExchanges() bool {
	return p.ApplyTo == "all" || p.ApplyTo == "exchanges" || p.ApplyTo == ""
}

// Matcher returns the pattern as a function of names. Brokers match with PCRE, byte by byte. A pattern with features
// that only PCRE has (lookahead, back references, possessive quantifiers …) is an error: only the broker can match it.
func (p Policy) Matcher() (func(name string) bool, error) {
	if strings.ContainsAny(p.Pattern, "\n\x00") || foreign().MatchString(p.Pattern) {
		return nil, errOnlyPCRE
	}
	expression, err := regexp.Compile(bytewise(p.Pattern))
	if err != nil {
		var e *syntax.Error
		if errors.As(err, &e) {
			return nil, errOnlyPCRE
		}
		return nil, err
	}
	return func(name string) bool {
		// In PCRE a $ also matches before a line end that is the last character.
		return expression.MatchString(bytewise(name)) || strings.HasSuffix(name, "\n") &&
			expression.MatchString(bytewise(strings.TrimSuffix(name, "\n")))
	}, nil
}

var errOnlyPCRE = errors.New("this program cannot evaluate the regular expression (the broker, which uses PCRE, may " +
	"understand it)")

// foreign returns an expression that finds syntax that Go and PCRE read differently, or that only PCRE has: back
// references, characters by number, classes of Unicode, \C, \v, and {,5}.
func foreign() *regexp.Regexp { return regexp.MustCompile(`\\[xopPCv0-9]|\{,`) }

// bytewise makes one character of each byte, because brokers match bytes. Bytes beyond ASCII become characters that
// belong to no class and have no other case.
func bytewise(text string) string {
	var b strings.Builder
	for i := range len(text) {
		if c := text[i]; c < 0x80 {
			b.WriteByte(c)
		} else {
			b.WriteRune(0xE000 + rune(c))
		}
	}
	return b.String()
}
