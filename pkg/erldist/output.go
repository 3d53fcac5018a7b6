package erldist

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
)

// serve answers the requests of Erlang's I/O protocol that a function sends to the process that prints for it. It
// refuses requests to read input, and requests for the size of a terminal.
func (m *mailbox) serve(ctx context.Context, c Call, message erlang.Term) {
	t, _ := message.(erlang.Tuple)
	if len(t) != 4 || t[0] != erlang.Atom("io_request") {
		return
	}
	from, ok := t[1].(erlang.Pid)
	if !ok {
		return
	}
	answer := m.io(ctx, c, t[3])
	_ = m.link.send(ctx, erlang.Tuple{erlang.Int(opSend), erlang.Atom(""), from}, // next reports a lost connection
		erlang.Tuple{erlang.Atom("io_reply"), t[2], answer})
}

func refusal(why string) erlang.Term { return erlang.Tuple{erlang.Atom("error"), erlang.Atom(why)} }

// io carries out one request, and returns the reply: ok, the options, or {error,Reason}.
func (m *mailbox) io(ctx context.Context, c Call, request erlang.Term) erlang.Term {
	if request == erlang.Atom("getopts") {
		return erlang.List{erlang.Tuple{erlang.Atom("encoding"), erlang.Atom("unicode")}}
	}
	t, _ := request.(erlang.Tuple)
	if len(t) == 0 {
		return refusal("request")
	}
	switch word, _ := t[0].(erlang.Atom); {
	case word == "put_chars":
		return m.put(ctx, c, t)
	case word == "requests" && len(t) == 2:
		all, _ := t[1].(erlang.List)
		var last erlang.Term = erlang.Atom("ok")
		for _, r := range all {
			if last = m.io(ctx, c, r); last != erlang.Atom("ok") {
				break
			}
		}
		return last
	case word == "setopts":
		return erlang.Atom("ok")
	case word == "get_geometry":
		return refusal("enotsup")
	case word == "get_chars" || word == "get_line" || word == "get_until" || word == "get_password":
		return refusal("enotsup")
	}
	return refusal("request")
}

// put prints {put_chars,Encoding,Characters} or {put_chars,Encoding,Module,Function,Args}; both forms may lack the
// encoding.
func (m *mailbox) put(ctx context.Context, c Call, t erlang.Tuple) erlang.Term {
	rest, latin := t[1:], true
	if e := rest; len(e) > 0 && len(e) != 1 && len(e) != 3 {
		latin, rest = e[0] == erlang.Atom("latin1"), e[1:]
	}
	var chars erlang.Term
	switch len(rest) {
	case 1:
		chars = rest[0]
	case 3:
		module, _ := rest[0].(erlang.Atom)
		function, _ := rest[1].(erlang.Atom)
		value, err := m.link.Call(ctx, Call{Module: string(module), Function: string(function), Args: listOf(rest[2])})
		if err != nil {
			return refusal("terminated")
		}
		chars = value
	default:
		return refusal("request")
	}
	text, ok := Characters(chars, latin)
	if !ok {
		return refusal("no_translation")
	}
	if c.Print != nil {
		c.Print(text)
	}
	return erlang.Atom("ok")
}

// listOf returns the elements of a list, which can also be sent as a string; nil for any other term.
func listOf(t erlang.Term) []erlang.Term {
	switch v := t.(type) {
	case erlang.List:
		return v
	case erlang.String:
		return erlang.Characters(v)
	}
	return nil
}
