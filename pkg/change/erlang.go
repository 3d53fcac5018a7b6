package change

import (
	"context"
	"errors"
	"math"
	"strconv"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
)

// call describes the call of a function on a node.
func call(module, function string, args ...erlang.Term) erldist.Call {
	return erldist.Call{Module: module, Function: function, Args: args}
}

// ask calls a function without arguments that changes nothing.
func (s Site) ask(ctx context.Context, module, function string) (erlang.Term, error) {
	return s.Erlang.Ask(ctx, call(module, function))
}

// askNumber calls a function that returns a number. For any other result, such as NaN, it returns nil.
func (s Site) askNumber(ctx context.Context, module, function string) (*float64, error) {
	t, err := s.ask(ctx, module, function)
	if err != nil {
		return nil, err
	}
	n, ok := t.(erlang.Number)
	f, err := strconv.ParseFloat(string(n), 64)
	if !ok || err != nil || math.IsNaN(f) {
		return nil, nil //nolint:nilerr // nil says that there is no number
	}
	return &f, nil
}

// do calls a function that changes something. Any result other than ok or {ok,...} is an error.
func (s Site) do(ctx context.Context, what, module, function string, args ...erlang.Term) error {
	t, err := s.Erlang.Change(ctx, what, call(module, function, args...))
	if err != nil {
		return err
	}
	return refusedBy(module+":"+function, t)
}

// refusedBy returns nil for the result ok or {ok,...}, and an error for any other result of a function.
func refusedBy(function string, t erlang.Term) error {
	tuple, _ := t.(erlang.Tuple)
	switch {
	case t == erlang.Atom("ok"), len(tuple) > 0 && tuple[0] == erlang.Atom("ok"):
		return nil
	case len(tuple) == 2 && tuple[0] == erlang.Atom("error"):
		return fail.New(fail.Unavailable, "%w", &inside.Refused{Reason: tuple[1]})
	}
	return fail.New(fail.Unavailable, "%s of the node answers %s", function, erlang.Text(t))
}

// running refuses a node on which RabbitMQ does not run.
func (s Site) running(ctx context.Context) error { return inside.NeedsRabbit(ctx, s.Erlang) }

func (s Site) isRunning(ctx context.Context) (bool, error) {
	t, err := s.ask(ctx, "rabbit", "is_running")
	return t == erlang.Atom("true"), err
}

// text returns a term as text: the characters of a string or a binary, anything else as Erlang writes it.
func text(t erlang.Term) string {
	if s, ok := erldist.Characters(t, false); ok {
		return s
	}
	return erlang.Text(t)
}

// failedOf returns the erldist.Failed in an error: it says why a function of a node did not return.
func failedOf(err error) (*erldist.Failed, bool) {
	var f *erldist.Failed
	return f, errors.As(err, &f)
}
