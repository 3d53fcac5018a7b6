package render

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// templatePrefix precedes the text of a template in the name of the format.
const templatePrefix = string(Template) + "="

// templateEncoding prints each row, or a document, with a Go template. The template's dot has the columns by name, with
// values as in JSON: whole numbers are integers, and a value that the broker did not send is an empty text. The output
// is printed unchanged, except that control characters are escaped at a terminal.
func templateEncoding(text string) encoding {
	return encoding{
		name: Template, help: "a Go template for each row: template='{{.name}} {{.messages}}'",
		listing: func(out *output, columns []record.Column, o Options) Writer {
			// ParseFormat has already parsed this text, so no error is expected here.
			t, err := parsed(text)
			return &templateWriter{output: out, template: t, columns: columns, terminal: o.Terminal, err: err}
		},
		document: func(out *output, d record.Document, o Options) error {
			t, err := parsed(text)
			if err != nil {
				return err
			}
			w := &templateWriter{output: out, template: t, terminal: o.Terminal}
			return w.print(record.Value(documentObject(d, false)).Native(""))
		},
	}
}

// parsed parses the template. It adds the function json, which writes a value as JSON.
func parsed(text string) (*template.Template, error) {
	if text == "" {
		return nil, fail.Usagef("the output format template has no text").Next("template='{{.name}} {{.messages}}'")
	}
	functions := template.FuncMap{"json": func(v any) (string, error) {
		text, err := json.Marshal(v)
		return string(text), err
	}}
	t, err := template.New("").Funcs(functions).Parse(text)
	if err != nil {
		return nil, fail.Usagef("the template cannot be read: %s", strings.TrimPrefix(err.Error(), "template: "))
	}
	return t, nil
}

type templateWriter struct {
	*output
	template *template.Template
	columns  []record.Column
	terminal bool
	err      error
}

func (w *templateWriter) Row(row record.Row) error {
	if w.err != nil {
		return w.err
	}
	dot := make(map[string]any, len(w.columns))
	for i, c := range w.columns {
		// A template would print <nil> for null, so null becomes "".
		dot[c.Name] = cellAt(row, i).Native("")
	}
	w.err = w.print(dot)
	return w.err
}

func (w *templateWriter) print(dot any) error {
	var b bytes.Buffer
	if err := w.template.Execute(&b, dot); err != nil {
		var at template.ExecError
		if errors.As(err, &at) {
			err = at.Err
		}
		return fail.Usagef("the template cannot be applied: %s", strings.TrimPrefix(err.Error(), "template: "))
	}
	text := b.String()
	if w.terminal {
		text = EscapeLines(text)
	}
	return w.send([]byte(text + "\n"))
}

// Totals writes nothing: the format has no place for sums, see HasTotals.
func (w *templateWriter) Totals(cells record.Row, rows int, unknown []int) error { return nil }

func (w *templateWriter) Close() error {
	if err := w.Flush(); err != nil {
		return err
	}
	return w.err
}

// unknownField returns the first field of the template's dot that is not a column, or "" if there is none. It does not
// look inside range, with and named templates, where the dot is another value.
func unknownField(t *template.Template, columns []record.Column) string {
	if t.Tree == nil || t.Root == nil {
		return ""
	}
	return fieldSearch{columns}.list(t.Root)
}

type fieldSearch struct{ columns []record.Column }

func (f fieldSearch) list(l *parse.ListNode) string {
	if l == nil {
		return ""
	}
	return firstOf(l.Nodes, f.node)
}

func (f fieldSearch) pipe(p *parse.PipeNode) string {
	if p == nil {
		return ""
	}
	return firstOf(p.Cmds, func(c *parse.CommandNode) string { return firstOf(c.Args, f.node) })
}

func (f fieldSearch) node(n parse.Node) string {
	switch n := n.(type) {
	case *parse.FieldNode:
		if !slices.ContainsFunc(f.columns, func(c record.Column) bool { return c.Name == n.Ident[0] }) {
			return n.Ident[0]
		}
	case *parse.ActionNode:
		return f.pipe(n.Pipe)
	case *parse.PipeNode:
		return f.pipe(n)
	case *parse.IfNode:
		return cmp.Or(f.pipe(n.Pipe), f.list(n.List), f.list(n.ElseList))
	case *parse.RangeNode:
		return cmp.Or(f.pipe(n.Pipe), f.list(n.ElseList))
	case *parse.WithNode:
		return cmp.Or(f.pipe(n.Pipe), f.list(n.ElseList))
	}
	return ""
}

// firstOf calls answer with each element, and returns the first result that is not "".
func firstOf[T any](all []T, answer func(T) string) string {
	for _, one := range all {
		if found := answer(one); found != "" {
			return found
		}
	}
	return ""
}
