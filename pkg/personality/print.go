package personality

import (
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/render"
)

// printed is the term as the table and the csv formatter print it.
func printed(t term) string {
	switch v := t.(type) {
	case atom:
		return string(v)
	case binary:
		return string(v)
	case number:
		return string(v)
	case dict:
		var entries []string
		for _, e := range v {
			entries = append(entries, printed(e.key)+" => "+printed(e.value))
		}
		return "#{" + strings.Join(entries, ", ") + "}"
	case tuple:
		switch {
		case len(v) == 2:
			return "{" + flat(v[0]) + ", " + printed(v[1]) + "}"
		case len(v) == 4 || len(v) == 8:
			return addressText(v)
		}
		return flat(v)
	case list:
		if isTyped(v) {
			return amqpText(v)
		}
		var elements []string
		for _, e := range v {
			elements = append(elements, printed(e))
		}
		return "[" + strings.Join(elements, ", ") + "]"
	}
	return ""
}

// isTyped tells an AMQP table, whose entries have a name, a type and a value.
func isTyped(l list) bool {
	if len(l) == 0 {
		return false
	}
	entry, ok := l[0].(tuple)
	if !ok || len(entry) != 3 {
		return false
	}
	_, named := entry[0].(binary)
	return named
}

// amqpText is an AMQP table without its types.
func amqpText(l list) string {
	var entries []string
	for _, e := range l {
		entry := e.(tuple)
		name, _ := entry[0].(binary)
		entries = append(entries, "{"+render.ErlangString(string(name))+","+amqpValue(entry[2])+"}")
	}
	return "[" + strings.Join(entries, ",") + "]"
}

func amqpValue(t term) string {
	switch v := t.(type) {
	case binary:
		return render.ErlangString(string(v))
	case list:
		if isTyped(v) {
			return amqpText(v)
		}
		var elements []string
		for _, e := range v {
			if typed, ok := e.(tuple); ok && len(typed) == 2 {
				e = typed[1]
			}
			elements = append(elements, amqpValue(e))
		}
		return "[" + strings.Join(elements, ",") + "]"
	}
	return printed(t)
}

func addressText(v tuple) string {
	var parts []string
	for _, n := range v {
		parts = append(parts, printed(n))
	}
	if len(v) == 4 {
		return strings.Join(parts, ".")
	}
	return ipv6(parts)
}
