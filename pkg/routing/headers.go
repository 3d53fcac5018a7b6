package routing

import (
	"encoding/json"
	"strings"
)

// match is the result of a comparison. It is unsure if the API does not show enough to decide.
type match int

const (
	no match = iota
	unsure
	yes
)

func decided(is bool) match {
	if is {
		return yes
	}
	return no
}

func perhaps(is bool) match {
	if is {
		return unsure
	}
	return no
}

// matchHeaders compares the headers of a message with the arguments of a binding of a headers exchange. x-match says
// how many arguments must match. The modes all (the default) and any ignore arguments that begin with x-; all-with-x
// and any-with-x ignore only x-match. If no argument is left to compare, the mode all matches, and the mode
// any does not.
func matchHeaders(arguments, headers map[string]any, exact bool) match {
	mode, _ := arguments["x-match"].(string)
	any, withX := strings.HasPrefix(mode, "any"), strings.HasSuffix(mode, "-with-x")
	result := yes
	if any {
		result = no
	}
	for key, want := range arguments {
		if key == "x-match" || !withX && strings.HasPrefix(key, "x-") {
			continue
		}
		one := no
		if has, ok := headers[key]; ok {
			one = equal(want, has, exact)
		}
		if any {
			result = max(result, one)
		} else {
			result = min(result, one)
		}
	}
	return result
}

// equal compares the value of a binding with the value of a header. exact means that integers and floats differ, as on
// newer releases: 5 is not 5.0. Numbers of different AMQP types are equal if their values are; a text never equals a
// number (measured on 3.10, 4.0 and 4.3).
func equal(want, has any, exact bool) match {
	switch w := want.(type) {
	case string:
		if h, ok := has.(string); ok && h == w {
			return yes
		}
		// The API shows the AMQP value void, which matches any value of that header, as the text "undefined".
		return perhaps(w == "undefined")
	case json.Number:
		h, ok := has.(json.Number)
		return decided(ok && sameNumber(w, h, exact))
	case bool:
		h, ok := has.(bool)
		return decided(ok && h == w)
	case nil:
		return yes
	}
	return equalNested(want, has)
}

// equalNested compares arrays and tables. Brokers also compare the AMQP types inside them and the order of a table, and
// the API shows neither. An empty table equals an empty array.
func equalNested(want, has any) match {
	if size(want) == 0 || size(has) == 0 {
		return decided(size(want) == size(has))
	}
	w, okWant := want.([]any)
	h, okHas := has.([]any)
	if !okWant || !okHas {
		return perhaps(okWant == okHas && size(has) > 0)
	}
	if len(w) != len(h) {
		return no
	}
	result := yes
	for i := range w {
		_, texts := w[i].(string)
		_, text := h[i].(string)
		switch {
		case texts && text:
			result = min(result, decided(w[i] == h[i]))
		case texts != text:
			return no
		default:
			result = min(result, unsure)
		}
	}
	return result
}

// size returns the number of elements of an array or a table, and -1 for any other value.
func size(v any) int {
	switch v := v.(type) {
	case []any:
		return len(v)
	case map[string]any:
		return len(v)
	}
	return -1
}

func sameNumber(a, b json.Number, exact bool) bool {
	if exact && isFraction(a) != isFraction(b) {
		return false
	}
	if !isFraction(a) && !isFraction(b) {
		return a == b
	}
	x, errX := a.Float64()
	y, errY := b.Float64()
	return errX == nil && errY == nil && x == y
}

// isFraction reports whether the number was sent as a float: brokers write such numbers as 5.0.
func isFraction(n json.Number) bool { return strings.ContainsAny(string(n), ".eE") }
