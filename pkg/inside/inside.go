// Package inside reads what a node reports over Erlang distribution and not by the management API. The native commands
// and the commands of the official tools both use it. The package changes nothing on the node.
package inside

import (
	"context"
	"errors"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Node is the client of the node that is asked.
type Node = *erldist.Client

// ask calls a function that changes nothing.
func ask(ctx context.Context, n Node, module, function string, args ...erlang.Term) (erlang.Term, error) {
	return n.Ask(ctx, erldist.Call{Module: module, Function: function, Args: args})
}

// Refused is the cause of an error after a function of the node returned {error,Reason}.
type Refused struct{ Reason erlang.Term }

func (r *Refused) Error() string { return "the node refuses, for this reason: " + characters(r.Reason) }

// RefusedBy returns the {error,Reason} of the node that caused err; nil if err has another cause.
func RefusedBy(err error) *Refused {
	var r *Refused
	errors.As(err, &r)
	return r
}

// granted returns the value in {ok,Value}; {error,Reason} becomes an error, and any other term is returned as it is.
func granted(t erlang.Term, err error) (erlang.Term, error) {
	pair, _ := t.(erlang.Tuple)
	switch {
	case err != nil || len(pair) != 2:
		return t, err
	case pair[0] == erlang.Atom("ok"):
		return pair[1], nil
	case pair[0] == erlang.Atom("error"):
		return nil, fail.New(fail.Unavailable, "%w", &Refused{pair[1]})
	}
	return t, nil
}

// characters returns a term as text: the characters of a string or a binary; any other term as Erlang writes it.
func characters(t erlang.Term) string {
	if b, ok := t.(erlang.Binary); ok {
		return string(b)
	}
	if s, ok := erldist.Characters(t, false); ok {
		return s
	}
	return erlang.Text(t)
}

// listed returns the elements of a list; nil for any other term.
func listed(t erlang.Term) []erlang.Term {
	switch v := t.(type) {
	case erlang.List:
		return v
	case erlang.String:
		return erlang.Characters(v)
	}
	return nil
}

// ValueOf returns the value of a key in a list of pairs; nil if the list does not have the key.
func ValueOf(t erlang.Term, key string) erlang.Term {
	for _, e := range listed(t) {
		if pair, ok := e.(erlang.Tuple); ok && len(pair) == 2 && pair[0] == erlang.Atom(key) {
			return pair[1]
		}
	}
	return nil
}

// Pair is a name and its value as text.
type Pair struct{ Name, Value string }

// Term is a name and its value.
type Term struct {
	Name  string
	Value erlang.Term
}

// Terms returns the pairs of a list or of a map.
func Terms(t erlang.Term) []Term {
	var out []Term
	if m, ok := t.(erlang.Map); ok {
		for _, e := range m {
			out = append(out, Term{named(e.Key), e.Value})
		}
		return out
	}
	for _, e := range listed(t) {
		if pair, ok := e.(erlang.Tuple); ok && len(pair) == 2 {
			out = append(out, Term{named(pair[0]), pair[1]})
		}
	}
	return out
}

// named returns an atom or a text as a name.
func named(t erlang.Term) string {
	if a, ok := t.(erlang.Atom); ok {
		return string(a)
	}
	return characters(t)
}

// Pairs returns what Terms returns, with the values as texts; commas separate the elements of a value that is a list.
func Pairs(t erlang.Term) []Pair {
	var out []Pair
	for _, p := range Terms(t) {
		value := characters(p.Value)
		if l, ok := p.Value.(erlang.List); ok {
			var words []string
			for _, e := range l {
				words = append(words, named(e))
			}
			value = strings.Join(words, ", ")
		}
		out = append(out, Pair{p.Name, value})
	}
	return out
}

// Stopped is the cause of an error when the Erlang node runs, but RabbitMQ does not run on it.
type Stopped struct {
	Node string
	// Booting means that RabbitMQ is starting.
	Booting bool
}

func (s *Stopped) Error() string {
	if s.Booting {
		return "node " + s.Node + " runs, but RabbitMQ is still starting on it"
	}
	return "node " + s.Node + " runs, but RabbitMQ is stopped on it"
}

// NeedsRabbit returns an error if RabbitMQ does not run on the node.
func NeedsRabbit(ctx context.Context, n Node) error {
	up, err := ask(ctx, n, "rabbit", "is_running")
	if err != nil || up == erlang.Atom("true") {
		return err
	}
	node, err := n.Node(ctx)
	if err != nil {
		return err
	}
	booting, err := Booting(ctx, n)
	if err != nil {
		return err
	}
	stopped := fail.New(fail.Unavailable, "%w", &Stopped{node, booting})
	if booting {
		return stopped.Do(fail.AwaitReady)
	}
	return stopped.Do(fail.StartApp)
}

// Booting reports whether RabbitMQ is starting on a node. During the start, the node reports that RabbitMQ does not
// run, as if RabbitMQ were stopped (3.10.8, 4.3.6).
func Booting(ctx context.Context, n Node) (bool, error) {
	t, err := ask(ctx, n, "rabbit", "is_booting")
	if erldist.IsMissing(err) {
		return false, nil
	}
	return t == erlang.Atom("true"), err
}

// NameOf returns the name in {resource,VHost,Kind,Name}; "" for any other term.
func NameOf(t erlang.Term) string {
	r, _ := t.(erlang.Tuple)
	if len(r) != 4 || r[0] != erlang.Atom("resource") {
		return ""
	}
	return characters(r[3])
}

// Word returns a term as people read it: the characters of a text, and any other term as Erlang writes it.
func Word(t erlang.Term) string { return named(t) }
