package topology

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

// Uncompilable returns why brokers cannot compile a pattern of a policy or a permission, or "" if they can, or may be
// able to. Brokers use PCRE, which has more syntax than Go, so Uncompilable reports only patterns that neither of the
// two accepts.
func Uncompilable(pattern string) string {
	_, err := regexp.Compile(bytewise(pattern))
	var e *syntax.Error
	if err == nil || !errors.As(err, &e) {
		return ""
	}
	if Unbalanced(pattern) || e.Code == syntax.ErrMissingBracket {
		return "a bracket is never closed, or closed and never opened"
	}
	switch e.Code {
	case syntax.ErrTrailingBackslash:
		return `it ends with a \`
	case syntax.ErrMissingRepeatArgument:
		if !strings.Contains(pattern, "(*") { // a verb, such as (*UTF8)
			return "nothing stands before " + e.Expr
		}
	case syntax.ErrInvalidRepeatOp:
		if strings.HasSuffix(e.Expr, "*") || strings.HasSuffix(e.Expr, "}") { // PCRE allows a + at the end, as in a++
			return "a repetition cannot be repeated: " + e.Expr
		}
	case syntax.ErrInvalidRepeatSize:
		var least, most int
		if n, _ := fmt.Sscanf(e.Expr, "{%d,%d}", &least, &most); n == 2 && least > most {
			return "the numbers of " + e.Expr + " go backwards"
		}
	case syntax.ErrInvalidCharRange:
		if !strings.Contains(pattern, `\`) {
			return "there is no character range or class " + e.Expr
		}
	}
	return ""
}

// Unbalanced tells whether a pattern has a bracket that is never closed, or a closing bracket without an opening one.
// It always returns false for patterns with comments or quoted parts.
func Unbalanced(pattern string) bool {
	if strings.Contains(pattern, "(?#") || strings.Contains(pattern, `\Q`) {
		return false
	}
	depth, class, escaped := 0, false, false
	for _, r := range pattern {
		switch {
		case escaped:
			escaped = false
		case r == '\\':
			escaped = true
		case class:
			class = r != ']'
		case r == '[':
			class = true
		case r == '(':
			depth++
		case r == ')':
			depth--
		}
		if depth < 0 {
			return true
		}
	}
	return depth != 0 || class
}
