package personality

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// nothing is the term that the official tools use for a missing value.
const nothing = erlang.Atom("")

// A shape says which kind of Erlang term the values of a column are.
type shape int

const (
	asName  shape = iota // any value, unchanged; the constant nothing if absent
	asWord               // one of the broker's words: running, topic
	asWords              // a list of such words
	asPlain              // number, boolean or text, unchanged
	// a number; 0 if it is absent, since the statistics do not have it yet. If the queue is stopped, or the rows end with
	// an error, it is the constant nothing instead.
	asCount
	asAMQP      // arguments and client properties, with the types of AMQP
	asPairs     // an object whose keys are names: a policy's definition
	asWordPairs // an object whose keys and values are words: nodes and their states
	asJSON      // JSON as one text
	asAddress   // an IP address
	asProtocol  // a name with a version: AMQP 0-9-1 is {0,9,1}
	asOmitted   // like asPlain, but without a value the row has no such cell
	asMoment    // date and time, with two digits for the hour, where the API may write one
	// text; undefined for an absent one, such as the cipher of a STOMP connection without TLS (measured on 3.10, 4.0 and
	// 4.3)
	asUndefined
)

// term returns the value as the term that the official tools use. It returns nil if the row must not have such a cell.
func (s shape) term(v record.Value) erlang.Term {
	switch s {
	case asWord:
		return erlang.Atom(v.Text())
	case asWords:
		return wordsOf(v)
	case asCount:
		if !v.Known() {
			return erlang.Number("0")
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
		return erlang.Binary(compact(v))
	case asAddress:
		return address(v.Text())
	case asProtocol:
		return protocol(v.Text())
	case asOmitted:
		if !v.Known() {
			return nil
		}
	case asMoment:
		return moment(v)
	case asUndefined:
		if !v.Known() {
			return erlang.Atom("undefined")
		}
	}
	return plainTerm(v)
}

func wordsOf(v record.Value) erlang.Term {
	if !v.Known() {
		return nothing
	}
	words := erlang.List{}
	v.Each(func(e record.Value) { words = append(words, erlang.Atom(e.Text())) })
	// Releases before 3.9, and some objects, have the words in one text, separated by commas.
	if v[0] == '"' && v.Text() != "" {
		for _, w := range strings.Split(v.Text(), ",") {
			words = append(words, erlang.Atom(strings.TrimSpace(w)))
		}
	}
	return words
}

func plainTerm(v record.Value) erlang.Term {
	switch {
	case !v.Known():
		return nothing
	case v[0] == '"':
		return erlang.Binary(v.Text())
	case v[0] == 't', v[0] == 'f':
		return erlang.Atom(v)
	case v[0] == '[':
		out := erlang.List{}
		v.Each(func(e record.Value) { out = append(out, plainTerm(e)) })
		return out
	case v[0] == '{':
		out := erlang.Map{}
		for name, value := range v.Members() {
			out = append(out, erlang.Entry{Key: erlang.Atom(name), Value: plainTerm(value)})
		}
		slices.SortFunc(out, func(a, b erlang.Entry) int { return cmp.Compare(erlang.Cell(a.Key), erlang.Cell(b.Key)) })
		return out
	}
	return erlang.Number(v)
}

// typedTable returns an AMQP table: names, types and values. The API does not send the types. The result has the types
// that the broker gives to values that it reads from JSON.
func typedTable(v record.Value) erlang.Term {
	out := erlang.List{}
	for name, value := range v.Members() {
		kind, t := typed(value)
		out = append(out, erlang.Tuple{erlang.Binary(name), kind, t})
	}
	return out
}

func typed(v record.Value) (kind erlang.Atom, value erlang.Term) {
	switch {
	case !v.Known():
		return "void", erlang.Atom("undefined")
	case v[0] == '{':
		return "table", typedTable(v)
	case v[0] == '[':
		elements := erlang.List{}
		v.Each(func(e record.Value) {
			k, t := typed(e)
			elements = append(elements, erlang.Tuple{k, t})
		})
		return "array", elements
	case v[0] == '"':
		return "longstr", erlang.Binary(v.Text())
	case v[0] == 't', v[0] == 'f':
		return "bool", erlang.Atom(v)
	case erlang.Number(v).IsFloat():
		return "double", erlang.Number(v)
	}
	return "long", erlang.Number(v)
}

// pairsOf returns an object as a list of pairs, or an empty map if the object has no members.
func pairsOf(v record.Value, words bool) erlang.Term {
	out := erlang.List{}
	for name, value := range v.Members() {
		if words {
			out = append(out, erlang.Tuple{erlang.Atom(name), erlang.Atom(value.Text())})
			continue
		}
		out = append(out, erlang.Tuple{erlang.Binary(name), plainTerm(value)})
	}
	if len(out) == 0 {
		return erlang.Map{}
	}
	return out
}

// address returns an IP address as numbers, and any other text as a text.
func address(text string) erlang.Term {
	if text == "" {
		return nothing
	}
	ip, err := netip.ParseAddr(text)
	if err != nil {
		return erlang.Binary(text)
	}
	return erlang.Address(ip)
}

// moment writes the hour with two digits, as the tools do. The API writes hours below 10 with one digit.
func moment(v record.Value) erlang.Term {
	t := plainTerm(v)
	if text, ok := t.(erlang.Binary); ok {
		if day, hour, ok := strings.Cut(string(text), " "); ok && len(hour) == len("4:05:06") {
			return erlang.Binary(day + " 0" + hour)
		}
	}
	return t
}

// protocol turns a protocol such as "AMQP 0-9-1" into a term such as {0,9,1}.
func protocol(text string) erlang.Term {
	space := strings.LastIndexByte(text, ' ')
	if space < 0 {
		return erlang.Binary(text)
	}
	name, version := text[:space], text[space+1:]
	var release erlang.Term = erlang.Binary(version)
	if numbers := strings.Split(version, "-"); len(numbers) > 1 && !slices.ContainsFunc(numbers, notWhole) {
		parts := erlang.Tuple{}
		for _, n := range numbers {
			parts = append(parts, erlang.Number(n))
		}
		release = parts
	}
	if name == "AMQP" {
		return release
	}
	return erlang.Tuple{erlang.Atom(name), release}
}

func notWhole(text string) bool {
	_, err := strconv.ParseUint(text, 10, 32)
	return err != nil
}

// compact returns the value as JSON without spaces.
func compact(v record.Value) string {
	var b bytes.Buffer
	if json.Compact(&b, v) != nil {
		return string(v)
	}
	return b.String()
}
