package erlang

import (
	"bytes"
	"encoding/json"
	"strings"
)

// JSON returns the term as the json formatter of the official tools prints it: true and false as booleans, other atoms
// like texts, tuples as arrays, a list of pairs as an object.
func JSON(t Term) string {
	switch v := t.(type) {
	case Atom:
		if v == "true" || v == "false" {
			return string(v)
		}
		return quoted(string(v))
	case Binary:
		return quoted(string(v))
	case String:
		return quoted(string(v))
	case Number:
		if !json.Valid([]byte(v)) {
			return quoted(string(v)) // "" for a value that the broker does not report: JSON requires a value here
		}
		return string(v)
	case Tuple:
		return jsonArray(v)
	case Map:
		var entries []string
		for _, e := range v {
			entries = append(entries, quoted(Cell(e.Key))+":"+JSON(e.Value))
		}
		return "{" + strings.Join(entries, ",") + "}"
	case List:
		if object, ok := jsonPairs(v); ok {
			return object
		}
		return jsonArray(v)
	}
	return quoted(Cell(t))
}

// jsonPairs returns a list of pairs as a JSON object. Of pairs with the same key, the first counts. It returns false
// for any other list, and if a key is neither an atom nor a binary, as in {"127.0.0.1",5672} and {605,5}: the tools of
// 3.10 and 4.3 print such a list as an array.
func jsonPairs(l List) (string, bool) {
	if len(l) == 0 {
		return "", false
	}
	var b bytes.Buffer
	b.WriteByte('{')
	seen := map[string]bool{}
	for _, e := range l {
		p, ok := e.(Tuple)
		if !ok || len(p) != 2 || !isName(p[0]) {
			return "", false
		}
		key := Cell(p[0])
		if seen[key] {
			continue
		}
		seen[key] = true
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		b.WriteString(quoted(key) + ":" + JSON(p[1]))
	}
	b.WriteByte('}')
	return b.String(), true
}

func isName(t Term) bool {
	switch t.(type) {
	case Atom, Binary:
		return true
	}
	return false
}

func jsonArray(terms []Term) string {
	var out []string
	for _, e := range terms {
		out = append(out, JSON(e))
	}
	return "[" + strings.Join(out, ",") + "]"
}

func quoted(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // encoding a text never fails
	return strings.TrimSuffix(b.String(), "\n")
}
