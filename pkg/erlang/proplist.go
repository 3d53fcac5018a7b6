package erlang

import (
	"slices"
	"strings"
)

// Element is one element of an Erlang list, as text: Key => Value of a tuple {Key, Value}, anything else as a Key with no Value.
// Text is the element whole, as it stands in the list.
type Element struct{ Key, Value, Text string }

// Proplist cuts the text of an Erlang list into its elements, without reading what is inside them. It is false for a
// text that is no list, or one that ends too early.
func Proplist(text string) (pairs []Element, ok bool) {
	inside, ok := within(text, '[', ']')
	if !ok {
		return nil, false
	}
	elements, ok := elementsOf(inside)
	if !ok {
		return nil, false
	}
	for _, e := range elements {
		p := Element{Key: e, Text: e}
		if tuple, ok := within(e, '{', '}'); ok {
			if members, ok := elementsOf(tuple); ok && len(members) == 2 {
				p.Key, p.Value = members[0], members[1]
			}
		}
		pairs = append(pairs, p)
	}
	return pairs, true
}

// within is what stands between the brackets that the text begins and ends with.
func within(text string, open, shut byte) (string, bool) {
	text = strings.TrimSpace(text)
	if len(text) < 2 || text[0] != open || text[len(text)-1] != shut {
		return "", false
	}
	return text[1 : len(text)-1], true
}

// elementsOf cuts at the commas that stand in no bracket and no quote; false where a bracket or a quote stays open, or
// shuts what is not open, or an element is empty.
func elementsOf(text string) ([]string, bool) {
	var out []string
	var open []byte
	from, quote := 0, byte(0)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0 && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '(' || c == '[' || c == '{':
			open = append(open, c)
		case c == ')' || c == ']' || c == '}':
			if len(open) == 0 || !strings.Contains("()[]{}", string([]byte{open[len(open)-1], c})) {
				return nil, false
			}
			open = open[:len(open)-1]
		case c == ',' && len(open) == 0:
			out, from = append(out, strings.TrimSpace(text[from:i])), i+1
		}
	}
	out = append(out, strings.TrimSpace(text[from:]))
	if len(out) == 1 && out[0] == "" {
		out = nil
	}
	if quote != 0 || len(open) > 0 || slices.Contains(out, "") {
		return nil, false
	}
	return out, true
}
