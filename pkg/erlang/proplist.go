package erlang

import (
	"slices"
	"strings"
)

// Element is one element of an Erlang list, as text. A tuple {Key, Value} gives Key and Value; any other element is a
// Key without a Value. Text is the whole element, as it stands in the list.
type Element struct{ Key, Value, Text string }

// Proplist cuts the text of an Erlang list into its elements, and pairs into key and value, without reading further
// inside them. For a text that is not a list, or in which brackets or quotes do not match, ok is false.
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

// within returns the text between the brackets that the text begins and ends with.
func within(text string, open, shut byte) (string, bool) {
	text = strings.TrimSpace(text)
	if len(text) < 2 || text[0] != open || text[len(text)-1] != shut {
		return "", false
	}
	return text[1 : len(text)-1], true
}

// elementsOf cuts the text at the commas outside all brackets and quotes. It returns false if a bracket or a quote
// stays open, if a bracket closes that was not open, or if an element is empty.
func elementsOf(text string) ([]string, bool) {
	var out []string
	var at place
	from := 0
	for i := 0; i < len(text); i++ {
		if at.quote != 0 && text[i] == '\\' {
			i++
			continue
		}
		if at.outside() && text[i] == ',' {
			out, from = append(out, strings.TrimSpace(text[from:i])), i+1
		}
		if !at.pass(text[i]) {
			return nil, false
		}
	}
	out = append(out, strings.TrimSpace(text[from:]))
	if len(out) == 1 && out[0] == "" {
		out = nil
	}
	if !at.outside() || slices.Contains(out, "") {
		return nil, false
	}
	return out, true
}

// place is the position of a reader in a term: the brackets that are open, and the quote that is open, 0 for none.
type place struct {
	open  []byte
	quote byte
}

func (p *place) outside() bool { return len(p.open) == 0 && p.quote == 0 }

// pass moves past a byte. It returns false if the byte closes a bracket that is not open.
func (p *place) pass(c byte) bool {
	switch {
	case p.quote != 0:
		if c == p.quote {
			p.quote = 0
		}
	case c == '"' || c == '\'':
		p.quote = c
	case c == '(' || c == '[' || c == '{':
		p.open = append(p.open, c)
	case c == ')' || c == ']' || c == '}':
		last := len(p.open) - 1
		if last < 0 || !strings.Contains("()[]{}", string([]byte{p.open[last], c})) {
			return false
		}
		p.open = p.open[:last]
	}
	return true
}
