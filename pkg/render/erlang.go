package render

import (
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// appendNames appends a list as rabbitmqctl prints it: [a, b].
func appendNames(dst []byte, v record.Value) []byte {
	dst = append(dst, '[')
	first := true
	v.Each(func(e record.Value) {
		if !first {
			dst = append(dst, ", "...)
		}
		first = false
		dst = appendText(dst, e)
	})
	return append(dst, ']')
}

// appendArguments appends arguments as rabbitmqctl prints them: [{"x-queue-type","quorum"},{"x-max-length",100}].
func appendArguments(dst []byte, v record.Value) []byte {
	return erlang.AppendText(dst, argumentTerm(v))
}

// argumentTerm returns a value of arguments as the term that the tools print, with texts as lists of characters.
func argumentTerm(v record.Value) erlang.Term {
	switch {
	case !v.Known():
		return erlang.Atom("undefined")
	case v[0] == '{':
		table := erlang.List{}
		for name, value := range v.Members() {
			table = append(table, erlang.Tuple{erlang.String(name), argumentTerm(value)})
		}
		return table
	case v[0] == '[':
		array := erlang.List{}
		v.Each(func(e record.Value) { array = append(array, argumentTerm(e)) })
		return array
	case v[0] == '"':
		return erlang.String(v.Text())
	case v[0] == 't' || v[0] == 'f':
		return erlang.Atom(v)
	}
	return erlang.Number(v)
}
