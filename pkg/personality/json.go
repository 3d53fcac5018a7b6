package personality

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// jsonText is the term as the json formatter prints it: words and texts alike, tuples as arrays, pairs as an object.
func jsonText(t term) string {
	switch v := t.(type) {
	case atom:
		if v == "true" || v == "false" {
			return string(v)
		}
		return quoted(string(v))
	case binary:
		return quoted(string(v))
	case number:
		if !json.Valid([]byte(v)) {
			return quoted(string(v)) // nothing, where the broker has told nothing: a text is JSON, a gap is not
		}
		return string(v)
	case tuple:
		return jsonArray(v)
	case dict:
		var entries []string
		for _, e := range v {
			entries = append(entries, quoted(printed(e.key))+":"+jsonText(e.value))
		}
		return "{" + strings.Join(entries, ",") + "}"
	case list:
		if object, ok := jsonPairs(v); ok {
			return object
		}
		return jsonArray(v)
	}
	return `""`
}

// jsonPairs is a list of pairs as an object.
func jsonPairs(l list) (string, bool) {
	if len(l) == 0 {
		return "", false
	}
	var b bytes.Buffer
	b.WriteByte('{')
	seen := map[string]bool{}
	for _, e := range l {
		p, ok := e.(tuple)
		if !ok || len(p) != 2 {
			return "", false
		}
		key := printed(p[0])
		if seen[key] {
			continue
		}
		seen[key] = true
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		b.WriteString(quoted(key) + ":" + jsonText(p[1]))
	}
	b.WriteByte('}')
	return b.String(), true
}

func jsonArray(terms []term) string {
	var out []string
	for _, e := range terms {
		out = append(out, jsonText(e))
	}
	return "[" + strings.Join(out, ",") + "]"
}

func quoted(s string) string { return string(record.Of(s)) }

// parsed reads a JSON document of the command line.
func (c *call) parsed(text string, into any) *fault {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(into); err != nil || d.More() {
		return no(fail.Unavailable, "Could not parse JSON document: %s", text)
	}
	return nil
}
