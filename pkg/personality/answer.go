package personality

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// answer is what a command prints.
type answer struct {
	// printed means that everything is printed already.
	printed bool
	// text is printed with a line end; nothing is printed for "".
	text string
	// hush says with which options text is not printed.
	hush hush
	// data is what the formatter json prints. If it is nil, json prints the rows of the table or, without a table, the
	// node, the result ok and the text as the value.
	data erlang.Term
	// table is printed in place of text, and format is the default formatter of the table.
	table  *table
	format string
}

// table is an answer in rows.
type table struct {
	names []string
	// streamed means that the official tool prints each row as soon as it arrives.
	streamed bool
	rows     [][]erlang.Term
}

// answer prints an answer in the form of the chosen formatter.
func (r *run) answer(c *call, a answer) error {
	if a.printed {
		return nil
	}
	format, given := r.line.given("formatter")
	if !given {
		format = a.format
	}
	if a.table != nil {
		if format != "json" || a.data == nil {
			return r.tabulate(a.table, format)
		}
	}
	switch format {
	case "", "string", "table", "plugins":
		if a.text == "" || a.hush >= whenSilent && r.line.on("silent") || a.hush == whenQuiet && r.line.on("quiet") {
			return nil
		}
		return r.print(a.text + "\n")
	case "json":
		data := a.data
		switch {
		case data == nil && a.text == "":
			data = object("node", erlang.Atom(c.node), "result", erlang.Atom("ok"))
		case data == nil:
			data = object("node", erlang.Atom(c.node), "result", erlang.Atom("ok"), "value", erlang.Binary(a.text))
		}
		return r.print(erlang.JSON(data) + "\n")
	}
	return &fault{fail.Unavailable, fmt.Sprintf("Error:\n%s is offered as text and as json only, not as %s", r.command,
		format)}
}

// tabulate prints a table. A formatter that does not exist is a fault.
func (r *run) tabulate(t *table, format string) error {
	f := newFormatter(format, sheet{names: t.names, streamed: t.streamed, silent: r.line.on("silent"),
		noHeaders: r.line.options["table-headers"] == "false",
		pad:       r.line.on("pad-to-header")})
	if f == nil {
		return &fault{fail.Unavailable, fmt.Sprintf("Error:\n%s cannot be printed as %s", r.command, format)}
	}
	out := r.buffered()
	for _, cells := range t.rows {
		f.row(out, cells)
	}
	f.end(out, len(t.rows))
	return out.Flush()
}

// object makes a map from names and values that alternate. Its keys are in alphabetical order.
func object(pairs ...any) erlang.Map {
	var d erlang.Map
	for i := 0; i+1 < len(pairs); i += 2 {
		value, _ := pairs[i+1].(erlang.Term)
		d = append(d, erlang.Entry{Key: erlang.Atom(pairs[i].(string)), Value: value})
	}
	slices.SortFunc(d, func(a, b erlang.Entry) int { return strings.Compare(erlang.Cell(a.Key), erlang.Cell(b.Key)) })
	return d
}

// well returns the answer of a check that passed. The text is a sentence; json prints only that the result is ok.
func well(h hush, format string, args ...any) answer {
	return answer{text: fmt.Sprintf(format, args...), hush: h, data: object("result", erlang.Atom("ok"))}
}

// failed returns the fault of a check that did not pass. Its text is only the sentence, without "Error:".
func failed(format string, args ...any) *fault {
	return &fault{fail.Unavailable, fmt.Sprintf(format, args...)}
}

// no returns a fault whose text begins with "Error:", as most errors of the official tools do.
func no(kind fail.Kind, format string, args ...any) *fault {
	return &fault{kind, "Error:\n" + fmt.Sprintf(format, args...)}
}
