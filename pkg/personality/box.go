package personality

import (
	"bufio"
	"strings"
	"unicode/utf8"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
)

// prettyFormat draws a box around the rows with the line characters of a DEC terminal. Like the official tools, it does
// so even if the output is not a terminal.
type prettyFormat struct {
	sheet
	rows [][]string
}

func (f *prettyFormat) row(_ *bufio.Writer, cells []erlang.Term) {
	line := make([]string, len(cells))
	for i, c := range cells {
		line[i] = boxed(c)
	}
	f.rows = append(f.rows, line)
}

// boxed returns the text of a cell. The elements of a list follow each other without a separator.
func boxed(t erlang.Term) string {
	l, ok := t.(erlang.List)
	if !ok || erlang.IsTable(l) {
		return erlang.Cell(t)
	}
	var b strings.Builder
	for _, e := range l {
		b.WriteString(erlang.Cell(e))
	}
	return b.String()
}

func (f *prettyFormat) end(out *bufio.Writer, rows int) {
	names, cells := f.names, f.rows
	if rows == 0 {
		if f.streamed {
			return
		}
		names, cells = []string{"Output"}, [][]string{{"[]"}}
	}
	widths := make([]int, len(names))
	for i, n := range names {
		widths[i] = utf8.RuneCountInString(n)
		for _, line := range cells {
			widths[i] = max(widths[i], utf8.RuneCountInString(line[i]))
		}
	}
	rule := func(left, middle, right string) {
		var parts []string
		for _, w := range widths {
			parts = append(parts, strings.Repeat("q", w+2))
		}
		out.WriteString("\x1b(0" + left + strings.Join(parts, middle) + right + "\x1b(B\n")
	}
	line := func(cells []string, before, after string) {
		for i, c := range cells {
			gap := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c))
			out.WriteString("\x1b(0x\x1b(B " + before + c + after + gap + " ")
		}
		out.WriteString("\x1b(0x\x1b(B\n")
	}
	rule("l", "w", "k")
	line(names, "\x1b[1m", "\x1b[0m")
	for _, c := range cells {
		rule("t", "n", "u")
		line(c, "", "")
	}
	rule("m", "v", "j")
}
