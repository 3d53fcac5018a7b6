package erlang

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Elixir returns the term as Elixir shows it. The official tools, which are written in Elixir, print reasons of
// failures in this form.
func Elixir(t Term) string {
	switch v := t.(type) {
	case Atom:
		return elixirAtom(string(v))
	case Binary:
		if utf8.ValidString(string(v)) && strings.IndexFunc(string(v), unicode.IsControl) < 0 {
			return strconv.Quote(string(v))
		}
		var bytes []string
		for i := range len(v) {
			bytes = append(bytes, strconv.Itoa(int(v[i])))
		}
		return "<<" + strings.Join(bytes, ", ") + ">>"
	case String:
		if isPrintableString(string(v)) {
			return "~c" + strconv.Quote(string(v))
		}
		return Elixir(characters(string(v)))
	case List:
		return "[" + strings.Join(elixirParts(v), ", ") + "]"
	case Improper:
		return "[" + strings.Join(elixirParts(v.Head), ", ") + " | " + Elixir(v.Tail) + "]"
	case Tuple:
		return "{" + strings.Join(elixirTerms(v), ", ") + "}"
	case Map:
		if pairs, ok := elixirKeys(v); ok {
			return "%{" + strings.Join(pairs, ", ") + "}"
		}
		var entries []string
		for _, e := range v {
			entries = append(entries, Elixir(e.Key)+" => "+Elixir(e.Value))
		}
		return "%{" + strings.Join(entries, ", ") + "}"
	case Pid:
		return "#PID" + Text(v)
	}
	return Text(t)
}

func elixirTerms(terms []Term) []string {
	var out []string
	for _, t := range terms {
		out = append(out, Elixir(t))
	}
	return out
}

// elixirKeys returns the entries of a map as "key: value". If not all keys are atoms that Elixir writes with a colon
// (true, nil and modules have none), ok is false.
func elixirKeys(m Map) (pairs []string, ok bool) {
	for _, e := range m {
		key, ok := e.Key.(Atom)
		name := elixirAtom(string(key))
		if !ok || !strings.HasPrefix(name, ":") {
			return nil, false
		}
		pairs = append(pairs, name[1:]+": "+Elixir(e.Value))
	}
	return pairs, true
}

// elixirParts returns the elements of a list as text. A keyword list, whose pairs begin with atoms, is shown as [atom:
// value].
func elixirParts(l List) []string {
	var pairs []string
	for _, e := range l {
		pair, _ := e.(Tuple)
		if len(pair) != 2 {
			return elixirTerms(l)
		}
		key, ok := pair[0].(Atom)
		name := elixirAtom(string(key))
		if !ok || !strings.HasPrefix(name, ":") {
			return elixirTerms(l)
		}
		pairs = append(pairs, name[1:]+": "+Elixir(pair[1]))
	}
	return pairs
}

func elixirAtom(a string) string {
	module, ok := strings.CutPrefix(a, "Elixir.")
	switch {
	case a == "true" || a == "false" || a == "nil":
		return a
	case ok && module != "":
		return module
	case a != "" && !unicode.IsDigit(rune(a[0])) && strings.IndexFunc(a, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '@'
	}) < 0:
		return ":" + a
	}
	return ":" + strconv.Quote(a)
}
