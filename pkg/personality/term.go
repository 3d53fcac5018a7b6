package personality

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// A term is a value as the official tools hold it, an Erlang term. Each formatter prints terms in a manner of its own,
// so what the API sent is turned into terms first.
type term interface{}

type (
	atom   string // 'a word'; the empty one stands for no value
	binary string // a name, as bytes
	number string // as it was sent
	list   []term
	tuple  []term
	pair   struct{ key, value term } // an entry of a map
	dict   []pair
)

// nothing is what the official tools have where there is no value.
const nothing = atom("")

// A shape tells what term a column's values are.
type shape int

const (
	asName      shape = iota // text; absent is nothing
	asWord                   // a word of the broker's: running, topic
	asWords                  // a list of such words
	asPlain                  // number, truth or text, as it came
	asCount                  // a number; absent is 0, because the statistics do not have it yet, unless the rows end with an error
	asAMQP                   // arguments and client properties, with the types of AMQP
	asPairs                  // an object whose keys are names: a policy's definition
	asWordPairs              // an object whose keys and values are words: nodes and their states
	asJSON                   // JSON as one text
	asAddress                // an IP address
	asProtocol               // {0,9,1}
	asOmitted                // as asPlain, but the row has no such cell when there is no value
)

// missing tells a cell that the row does not have at all.
type missing struct{}

func (s shape) term(v record.Value) term {
	switch s {
	case asWord:
		return atom(v.Text())
	case asWords:
		words := list{}
		v.Each(func(e record.Value) { words = append(words, atom(e.Text())) })
		if !v.Known() {
			return nothing
		}
		// Releases before 3.9 and some objects send words in one text.
		if v[0] == '"' && v.Text() != "" {
			for _, w := range strings.Split(v.Text(), ",") {
				words = append(words, atom(strings.TrimSpace(w)))
			}
		}
		return words
	case asCount:
		if !v.Known() {
			return number("0")
		}
	case asAMQP:
		return typedTable(v)
	case asPairs:
		return pairsOf(v, false)
	case asWordPairs:
		return pairsOf(v, true)
	case asJSON:
		if !v.Known() {
			return nothing
		}
		return binary(compact(v))
	case asAddress:
		return address(v.Text())
	case asProtocol:
		return protocol(v.Text())
	case asOmitted:
		if !v.Known() {
			return missing{}
		}
	}
	return plainTerm(v)
}

func plainTerm(v record.Value) term {
	switch {
	case !v.Known():
		return nothing
	case v[0] == '"':
		return binary(v.Text())
	case v[0] == 't', v[0] == 'f':
		return atom(v)
	case v[0] == '[':
		out := list{}
		v.Each(func(e record.Value) { out = append(out, plainTerm(e)) })
		return out
	case v[0] == '{':
		out := dict{}
		members(v, func(name string, value record.Value) { out = append(out, pair{atom(name), plainTerm(value)}) })
		slices.SortFunc(out, func(a, b pair) int { return cmp.Compare(printed(a.key), printed(b.key)) })
		return out
	}
	return number(v)
}

// typedTable is an AMQP table: names, types and values. The API does not send the types; these are those that the
// broker gives to what comes in as JSON.
func typedTable(v record.Value) term {
	out := list{}
	members(v, func(name string, value record.Value) {
		kind, t := typed(value)
		out = append(out, tuple{binary(name), kind, t})
	})
	return out
}

func typed(v record.Value) (kind atom, value term) {
	switch {
	case !v.Known():
		return "void", atom("undefined")
	case v[0] == '{':
		return "table", typedTable(v)
	case v[0] == '[':
		elements := list{}
		v.Each(func(e record.Value) {
			k, t := typed(e)
			elements = append(elements, tuple{k, t})
		})
		return "array", elements
	case v[0] == '"':
		return "longstr", binary(v.Text())
	case v[0] == 't', v[0] == 'f':
		return "bool", atom(v)
	case bytes.ContainsAny(v, ".eE"):
		return "double", number(v)
	}
	return "long", number(v)
}

// pairsOf is an object as a list of pairs, an empty map when it has no members.
func pairsOf(v record.Value, words bool) term {
	out := list{}
	members(v, func(name string, value record.Value) {
		if words {
			out = append(out, tuple{atom(name), atom(value.Text())})
			return
		}
		out = append(out, tuple{binary(name), plainTerm(value)})
	})
	if len(out) == 0 {
		return dict{}
	}
	return out
}

// address is an IP address as numbers; what is no address stays text.
func address(text string) term {
	if text == "" {
		return nothing
	}
	if parts := ipParts(text); parts != nil {
		return parts
	}
	return binary(text)
}

// protocol reads "AMQP 0-9-1".
func protocol(text string) term {
	space := strings.LastIndexByte(text, ' ')
	if space < 0 {
		return binary(text)
	}
	name, version := text[:space], text[space+1:]
	var release term = binary(version)
	if numbers := strings.Split(version, "-"); len(numbers) > 1 && !slices.ContainsFunc(numbers, notWhole) {
		parts := tuple{}
		for _, n := range numbers {
			parts = append(parts, number(n))
		}
		release = parts
	}
	if name == "AMQP" {
		return release
	}
	return tuple{atom(name), release}
}

// notWhole tells a text that is no whole number.
func notWhole(text string) bool {
	_, err := strconv.ParseUint(text, 10, 32)
	return err != nil
}

// compact is the value as JSON without spaces.
func compact(v record.Value) string {
	var b bytes.Buffer
	if json.Compact(&b, v) != nil {
		return string(v)
	}
	return b.String()
}

// whole is a whole number as a term.
func whole(n int64) number { return number(strconv.FormatInt(n, 10)) }
