package change

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Unparsed is the cause of an error: an expression is not valid Erlang.
type Unparsed struct{ Why string }

func (u *Unparsed) Error() string {
	why := u.Why
	if strings.HasSuffix(why, "before: ") {
		why += "the end of the expression" // Erlang names nothing there
	}
	return "the expression cannot be read as Erlang: " + why
}

// Thrown is the cause of an error: an expression threw something and returned no value.
type Thrown struct{ Value erlang.Term }

func (t *Thrown) Error() string { return "the expression throws " + erlang.Text(t.Value) }

// Evaluation is an expression to run on a node.
type Evaluation struct {
	Expression string
	// Args are the values of the variables _1, _2 and so on of the expression.
	Args []string
	// Print receives the text that the expression prints.
	Print func(text string)
	// Bindings are the other variables that the expression can use. Bound are all variables after the expression has run.
	// Both have the form that Erlang uses.
	Bindings, Bound erlang.List
}

// Run evaluates the expression on the node. It returns the value twice: as text that the node formats, and as a term.
// The node first parses the whole expression, so it never evaluates an incomplete one.
func (e *Evaluation) Run(ctx context.Context, node *erldist.Client) (printed string, value erlang.Term, err error) {
	forms, err := e.forms(ctx, node)
	if err != nil {
		return "", nil, err
	}
	run := call("erl_eval", "exprs", forms, e.bindings())
	run.Print = e.Print
	result, err := node.Change(ctx, "evaluate the expression", run)
	if err != nil {
		return "", nil, err
	}
	t, _ := result.(erlang.Tuple)
	if len(t) != 3 || t[0] != erlang.Atom("value") {
		return "", nil, fail.New(fail.Unavailable, "%w", &Thrown{result})
	}
	e.Bound, _ = t[2].(erlang.List)
	chars, err := node.Ask(ctx, call("io_lib", "format", erlang.String("~p"), erlang.List{t[1]}))
	if err != nil {
		return "", nil, err
	}
	return text(chars), t[1], nil
}

func (e *Evaluation) bindings() erlang.List {
	out := append(erlang.List{}, e.Bindings...)
	for i, a := range e.Args {
		out = append(out, erlang.Tuple{erlang.Atom(fmt.Sprintf("_%d", i+1)), erlang.Binary(a)})
	}
	return out
}

// forms makes the node parse the expression, and returns the result.
func (e *Evaluation) forms(ctx context.Context, node *erldist.Client) (erlang.Term, error) {
	scanned, err := node.Ask(ctx, call("erl_scan", "string", erlang.String(e.Expression)))
	if err != nil {
		return nil, err
	}
	if t, _ := scanned.(erlang.Tuple); len(t) == 3 && t[0] == erlang.Atom("ok") {
		parsed, err := node.Ask(ctx, call("erl_parse", "parse_exprs", t[1]))
		if err != nil {
			return nil, err
		}
		scanned = parsed
	}
	t, _ := scanned.(erlang.Tuple)
	if len(t) == 2 && t[0] == erlang.Atom("ok") {
		return t[1], nil
	}
	why := erlang.Text(scanned)
	if len(t) > 1 {
		if info, _ := t[1].(erlang.Tuple); len(info) == 3 {
			if module, ok := info[1].(erlang.Atom); ok {
				said, err := node.Ask(ctx, call(string(module), "format_error", info[2]))
				if err != nil {
					return nil, err
				}
				why = text(said)
			}
		}
	}
	return nil, fail.Usagef("%w", &Unparsed{why})
}

// Eval evaluates an Erlang expression on a node, and writes its printed text and its value to standard output.
func Eval() Op {
	e := Evaluation{}
	return Op{
		Name: "eval", Noun: "node", Erlang: true,
		Params: []Param{FreeArg("expression", "Erlang code", &e.Expression), RestArg("argument", &e.Args)},
		Check: func() error {
			if strings.TrimSpace(e.Expression) == "" {
				return fail.Usagef("the expression is empty")
			}
			return nil
		},
		Plan: func(_ context.Context, at Site) (*Plan, error) {
			plan := Once("evaluate Erlang code, with all rights there", "", nil)
			plan.Steps[0].Writes = true
			plan.Steps[0].Do = func(ctx context.Context) (Outcome, error) { return e.write(ctx, at) }
			return plan, nil
		},
	}
}

// EvalFile is Eval for the expression in a file of at most 1 MiB; "-" is standard input.
func EvalFile() Op {
	var path string
	e := Evaluation{}
	return Op{
		Name: "eval_file", Noun: "node", Erlang: true,
		Params: []Param{FreeArg("file", "file with Erlang code; - is standard input", &path).OfFile(),
			RestArg("argument", &e.Args).Own()},
		Read: func(ctx context.Context, at Site) error {
			text, err := textFrom(ctx, at, path)
			e.Expression = text
			if err == nil && strings.TrimSpace(text) == "" {
				err = fail.New(fail.Data, "%s is empty", path)
			}
			return err
		},
		Plan: func(_ context.Context, at Site) (*Plan, error) {
			plan := Once("evaluate the Erlang code of "+path+", with all rights there", "", nil)
			plan.Steps[0].Writes = true
			plan.Steps[0].Do = func(ctx context.Context) (Outcome, error) { return e.write(ctx, at) }
			return plan, nil
		},
	}
}

// write runs the expression, and writes what it prints and its value to standard output.
func (e *Evaluation) write(ctx context.Context, at Site) (Outcome, error) {
	out, err := at.Files.CreateFile("-")
	if err != nil {
		return Outcome{}, err
	}
	var unwritten error
	e.Print = func(text string) {
		if _, err := io.WriteString(out, text); err != nil && unwritten == nil {
			unwritten = err
		}
	}
	if !strings.HasSuffix(strings.TrimSpace(e.Expression), ".") {
		e.Expression += "." // rabbitctl does not require the final dot; the official tool does
	}
	printed, _, err := e.Run(ctx, at.Erlang)
	if err == nil {
		e.Print(printed + "\n")
	}
	err = cmp.Or(err, unwritten, out.Close())
	return Outcome{Word: "evaluated", OutTaken: true,
		Notes: []string{"the Erlang cookie gives all rights on the node: no user, tag or permission limits this"}}, err
}
