package queue

import (
	"context"
	"encoding/json"
	"iter"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// fromNode is the value of --source for which the nodes are asked over Erlang distribution. Package queues does not
// know this source.
const fromNode queues.Source = "node"

// byNodes lists the queues as the nodes themselves report them.
func byNodes(ctx context.Context, c *broker.Client, ask verb.Ask,
	columns []record.Column) iter.Seq2[record.Row, error] {
	items, err := itemsFor(columns)
	if err != nil {
		return func(yield func(record.Row, error) bool) { yield(nil, err) }
	}
	return verb.WholeRowsFromNode(func(ctx context.Context, n inside.Node, ask verb.Ask,
		add func(record.Row) error) error {
		k := columnsOf(columns)
		return inside.Queues(ctx, n, ask.VHost, items, func(q inside.Queue) error { return add(k.row(q)) })
	})(ctx, c, ask, columns)
}

// tellers turns the items that a node reports of a queue into rows. The map "at" has, for each item, the indexes of the
// columns that it fills. The map "words" caches values that repeat: those of atoms and of virtual hosts.
type tellers struct {
	columns int
	at      map[erlang.Term][]int
	words   map[erlang.Term]record.Value
}

// mostWords is how many values tellers.words keeps at most, so that it does not grow with the number of queues.
const mostWords = 1000

func columnsOf(columns []record.Column) *tellers {
	k := &tellers{len(columns), map[erlang.Term][]int{}, map[erlang.Term]record.Value{}}
	for i, c := range columns {
		if c.Missing != "" { // it stays empty, even if the node sends that item for another column
			continue
		}
		k.at[erlang.Atom(c.Name)] = append(k.at[erlang.Atom(c.Name)], i)
	}
	return k
}

// row returns the row of a queue, with a value for each column.
func (k *tellers) row(q inside.Queue) record.Row {
	row := make(record.Row, k.columns)
	all, _ := q.Row.(erlang.List)
	for _, e := range all {
		pair, ok := e.(erlang.Tuple)
		if !ok || len(pair) != 2 || pair[0] == erlang.Atom("name") {
			continue
		}
		if name, ok := pair[0].(erlang.Atom); ok {
			for _, i := range k.at[name] {
				row[i] = k.value(name, pair[1])
			}
		}
	}
	k.set(row, "vhost", func() record.Value {
		return k.once(erlang.Binary(q.VHost), func() record.Value { return record.Of(q.VHost) })
	})
	k.set(row, "name", func() record.Value { return record.Quoted([]byte(q.Name)) })
	k.set(row, "node", func() record.Value {
		if node := inside.QueueNode(q.Row); node != "" {
			return record.Of(node)
		}
		return nil
	})
	return row
}

func (k *tellers) set(row record.Row, column erlang.Atom, value func() record.Value) {
	for _, i := range k.at[column] {
		row[i] = value()
	}
}

// value returns an item as a value. For an atom, except a type, the value is made once and then reused.
func (k *tellers) value(name erlang.Atom, t erlang.Term) record.Value {
	if word, ok := t.(erlang.Atom); ok && name != "type" {
		return k.once(word, func() record.Value { return itemValue(string(name), t) })
	}
	return itemValue(string(name), t)
}

func (k *tellers) once(word erlang.Term, value func() record.Value) record.Value {
	if v, ok := k.words[word]; ok {
		return v
	}
	v := value()
	if len(k.words) < mostWords {
		k.words[word] = v
	}
	return v
}

// itemsFor returns the names of the items that the columns need, in alphabetical order.
func itemsFor(columns []record.Column) ([]string, error) {
	var items []string
	for _, c := range columns {
		switch {
		case c.Name == "vhost" || c.Missing != "":
		case c.Name == "node":
			items = append(items, "leader", "pid")
		case slices.Contains(inside.QueueItems(), c.Name):
			items = append(items, c.Name)
		default:
			return nil, fail.Usagef("--source node has no column %q", c.Name).
				Next("it has vhost, node, %s; --source api has %s", strings.Join(slices.DeleteFunc(inside.QueueItems(),
					func(item string) bool { return item == "pid" }), ", "), c.Name)
		}
	}
	slices.Sort(items)
	return slices.Compact(items), nil
}

// itemValue returns the value of an item; nil for the atom undefined and for the empty atom.
func itemValue(name string, t erlang.Term) record.Value {
	switch v := t.(type) {
	case erlang.Number:
		return record.Value(v)
	case erlang.Atom:
		switch {
		case v == "" || v == "undefined":
			return nil
		case v == "true" || v == "false":
			return record.Value(v)
		case name == "type": // for a queue that is down, nodes send the name of a module as its type
			return record.Of(inside.QueueType(v))
		}
		return record.Of(string(v))
	case erlang.List:
		if len(v) == 0 && (name == "arguments" || name == "effective_policy_definition") {
			return record.Value("{}")
		}
	case erlang.Binary:
		return record.Of(string(v))
	}
	return record.Of(plain(t))
}

// plain returns a term in the form that json.Marshal can write. A table or a list of pairs becomes an object.
func plain(t erlang.Term) any {
	switch v := t.(type) {
	case erlang.Number:
		return json.Number(v)
	case erlang.Binary:
		return string(v)
	case erlang.String:
		return string(v)
	case erlang.Atom:
		if v == "true" || v == "false" {
			return v == "true"
		}
		return string(v)
	case erlang.Map:
		object := map[string]any{}
		for _, e := range v {
			object[erlang.Cell(e.Key)] = plain(e.Value)
		}
		return object
	case erlang.List:
		return plainList(v)
	}
	return erlang.Cell(t)
}

// plainList returns a list in the form that json.Marshal can write. The entries of an AMQP table, {Name,Type,Value},
// and pairs become the members of an object.
func plainList(l erlang.List) any {
	object, list := map[string]any{}, []any{}
	for _, e := range l {
		entry, _ := e.(erlang.Tuple)
		switch {
		case len(entry) == 3 && erlang.IsTable(l):
			object[erlang.Cell(entry[0])] = typed(entry[1], entry[2])
		case len(entry) == 2 && isName(entry[0]):
			object[erlang.Cell(entry[0])] = plain(entry[1])
		default:
			list = append(list, plain(e))
		}
	}
	if len(object) > 0 {
		return object
	}
	return list
}

// isName tells whether t is the name in a pair {Name,Value}, and not the type in an element {Type,Value} of an AMQP
// array.
func isName(t erlang.Term) bool {
	_, ok := t.(erlang.Binary)
	return ok
}

// typed returns the value of an entry of an AMQP table. In an array, each element has its own type.
func typed(kind, value erlang.Term) any {
	elements, ok := value.(erlang.List)
	if kind != erlang.Atom("array") || !ok {
		return plain(value)
	}
	out := []any{}
	for _, e := range elements {
		if pair, ok := e.(erlang.Tuple); ok && len(pair) == 2 {
			out = append(out, typed(pair[0], pair[1]))
		}
	}
	return out
}
