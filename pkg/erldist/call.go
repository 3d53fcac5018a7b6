package erldist

import (
	"context"
	"errors"
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Call is a function to call on a node.
type Call struct {
	Module, Function string
	Args             []erlang.Term
	// Print receives what the function prints. If Print is nil, the node prints the text on its own console; if the node
	// has no process rex, the text is dropped.
	Print func(text string)
}

// String returns the function in Erlang's notation.
func (c Call) String() string { return fmt.Sprintf("%s:%s/%d", c.Module, c.Function, len(c.Args)) }

// Failed is the error of a function that the node could not call, or that ended with an error or an exit there. Reason
// is Erlang's reason for the failure.
type Failed struct {
	Call   Call
	Node   string
	Reason erlang.Term
}

func (f *Failed) Error() string {
	if f.Missing() {
		return fmt.Sprintf("node %s has no function %s: its release does not have it, or its plugin is off", f.Node, f.Call)
	}
	return fmt.Sprintf("%s on node %s fails: %s", f.Call, f.Node, shortened(erlang.Text(f.Reason)))
}

func shortened(text string) string {
	const most = 300
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

// Missing reports whether the node's release lacks the called function itself, and not another function that it calls.
func (f *Failed) Missing() bool {
	reason, _ := f.Reason.(erlang.Tuple)
	if len(reason) == 2 && reason[0] == erlang.Atom("EXIT") {
		reason, _ = reason[1].(erlang.Tuple)
	}
	if len(reason) != 2 || reason[0] != erlang.Atom("undef") {
		return false
	}
	stack, _ := reason[1].(erlang.List)
	if len(stack) == 0 {
		return false
	}
	head, _ := stack[0].(erlang.Tuple)
	return len(head) > 2 && head[0] == erlang.Atom(f.Call.Module) && head[1] == erlang.Atom(f.Call.Function)
}

// IsMissing reports whether err says that the node's release does not have the function.
func IsMissing(err error) bool {
	var f *Failed
	return errors.As(err, &f) && f.Missing()
}

// errNoRex says that the node has no process rex, which answers remote calls. A later Erlang may not have it.
var errNoRex = errors.New("no rex")

// Call calls a function on the node and returns its value. A value that the function throws is returned too. If the
// context ends first, the function still runs on.
func (l *Link) Call(ctx context.Context, c Call) (erlang.Term, error) {
	m := l.mailbox()
	defer m.close()
	value, err := m.byRex(ctx, c)
	if errors.Is(err, errNoRex) {
		value, err = m.bySpawn(ctx, c)
	}
	return value, err
}

func (c Call) failed(l *Link, reason erlang.Term) error {
	return fail.New(fail.Unavailable, "%w", &Failed{c, l.Node, reason})
}

// leader returns the group leader of the function, which is the process that receives its output: a process of the
// node, or our mailbox.
func (m *mailbox) leader(c Call) erlang.Term {
	if c.Print == nil {
		return erlang.Atom("user")
	}
	return m.pid
}

// byRex asks the node's process rex to call the function. It monitors rex, to notice if there is no such process, or if
// it ends.
func (m *mailbox) byRex(ctx context.Context, c Call) (erlang.Term, error) {
	watch, ref := m.ref(), m.ref()
	rex := erlang.Atom("rex")
	if err := m.link.send(ctx, erlang.Tuple{erlang.Int(opMonitor), m.pid, rex, watch}); err != nil {
		return nil, m.link.broken()
	}
	request := erlang.Tuple{erlang.Atom("call"), erlang.Atom(c.Module), erlang.Atom(c.Function), erlang.List(c.Args),
		m.leader(c)}
	err := m.link.send(ctx, erlang.Tuple{erlang.Int(opRegSend), m.pid, erlang.Atom(""), rex},
		erlang.Tuple{erlang.Atom("$gen_call"), erlang.Tuple{m.pid, ref}, request})
	if err != nil {
		return nil, m.unsent(err)
	}
	for {
		got, err := m.next(ctx)
		if err != nil {
			return nil, err
		}
		switch {
		case got.ref == watch && got.exit == erlang.Atom("noproc"):
			return nil, errNoRex
		case got.ref == watch:
			return nil, c.failed(m.link, got.exit)
		}
		if answer, ok := got.message.(erlang.Tuple); ok && len(answer) == 2 && answer[0] == ref {
			_ = m.link.send(ctx, erlang.Tuple{erlang.Int(opDemonitor), m.pid, rex, watch}) // the answer has come already
			return c.value(m.link, answer[1])
		}
		m.serve(ctx, c, got.message)
	}
}

// unsent returns the error for a message that could not be sent: it cannot be encoded, or the connection is lost.
func (m *mailbox) unsent(err error) error {
	if fail.KindOf(err) == fail.Internal {
		var ours *fail.Error
		if errors.As(err, &ours) {
			return err
		}
	}
	return m.link.broken()
}

// value returns the function's value from the answer of rex, or an error if the answer is {badrpc,Reason}.
func (c Call) value(l *Link, answer erlang.Term) (erlang.Term, error) {
	if t, ok := answer.(erlang.Tuple); ok && len(t) == 2 && t[0] == erlang.Atom("badrpc") {
		return nil, c.failed(l, t[1])
	}
	return answer, nil
}

// bySpawn starts a process on the node that calls the function, and gets the value from the reason with which it ends.
func (m *mailbox) bySpawn(ctx context.Context, c Call) (erlang.Term, error) {
	ref, result := m.ref(), m.ref()
	start := erlang.Tuple{erlang.Atom("erpc"), erlang.Atom("execute_call"), erlang.Int(4)}
	watched := erlang.List{erlang.Atom("monitor")}
	err := m.link.send(ctx, erlang.Tuple{erlang.Int(opSpawn), ref, m.pid, m.pid, start, watched},
		erlang.List{result, erlang.Atom(c.Module), erlang.Atom(c.Function), erlang.List(c.Args)})
	if err != nil {
		return nil, m.unsent(err)
	}
	for {
		got, err := m.next(ctx)
		if err != nil {
			return nil, err
		}
		if got.ref == ref && got.exit != nil {
			return c.ended(m.link, got.exit, result)
		}
		if why, refused := got.spawned.(erlang.Atom); refused && got.ref == ref {
			return nil, c.failed(m.link, why)
		}
		m.serve(ctx, c, got.message)
	}
}

// ended returns the value or the error from the reason with which the process ended. {Ref,return,Value} and
// {Ref,throw,Value} give the value; {Ref,exit,…}, {Ref,error,…} and any other reason are errors.
func (c Call) ended(l *Link, why erlang.Term, result erlang.Ref) (erlang.Term, error) {
	t, _ := why.(erlang.Tuple)
	switch {
	case len(t) == 3 && t[0] == result && (t[1] == erlang.Atom("return") || t[1] == erlang.Atom("throw")):
		return t[2], nil
	case len(t) == 3 && t[0] == result:
		return nil, c.failed(l, erlang.Tuple{erlang.Atom("EXIT"), t[2]})
	case len(t) == 4 && t[0] == result:
		return nil, c.failed(l, erlang.Tuple{erlang.Atom("EXIT"), erlang.Tuple{t[2], t[3]}})
	}
	return nil, c.failed(l, why)
}
