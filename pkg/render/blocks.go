package render

import (
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// headed is how many cells of a block stand in its heading.
const headed = 2

// blocks writes each row as a heading with its other cells below it. They are named where there are several.
func blocks(out *output, s record.Section, o Options) {
	width := 0
	rest := s.Columns[min(headed, len(s.Columns)):]
	if len(rest) > 1 {
		for _, c := range rest {
			width = max(width, len(c.Name))
		}
	}
	for i, row := range s.Rows {
		if i > 0 && len(rest) > 1 {
			out.WriteByte('\n')
		}
		out.WriteString(heading(s, row, func(k record.Kind, v record.Value) string { return shown(k, v, o) }) + "\n")
		for j, c := range rest {
			name := ""
			if len(rest) > 1 {
				name = c.Name
			}
			for _, line := range blockLines(c.Kind, cellAt(row, headed+j), o) {
				text := "    " + line
				if width > 0 {
					text = "  " + name + strings.Repeat(" ", width-len(name)) + "  " + line
				}
				out.WriteString(text + "\n")
				name = ""
			}
		}
	}
}

// heading joins the first cells of a row.
func heading(s record.Section, row record.Row, text func(record.Kind, record.Value) string) string {
	var words []string
	for i, c := range s.Columns[:min(headed, len(s.Columns))] {
		words = append(words, text(c.Kind, cellAt(row, i)))
	}
	return strings.Join(words, ": ")
}

// blockLines are what a cell says, one a line; none for a cell that says nothing.
func blockLines(kind record.Kind, v record.Value, o Options) []string {
	if kind == record.List && v.Known() && v[0] == '[' {
		var all []string
		v.Each(func(e record.Value) { all = append(all, shown(record.Text, e, o)) })
		return all
	}
	if !v.Known() || v.Text() == "" {
		return nil
	}
	return []string{shown(kind, v, o)}
}

// markdownBlocks writes each row as a paragraph with its other cells as a list.
func markdownBlocks(out *output, s record.Section) {
	for i, row := range s.Rows {
		if i > 0 {
			out.WriteByte('\n')
		}
		out.WriteString("**" + heading(s, row, func(k record.Kind, v record.Value) string { return markdownText(markupCell(k, v)) }) + "**\n")
		rest := s.Columns[min(headed, len(s.Columns)):]
		first := true
		for j, c := range rest {
			for _, line := range blockLines(c.Kind, cellAt(row, headed+j), Options{}) {
				if first {
					out.WriteByte('\n')
				}
				first = false
				out.WriteString("- ")
				if len(rest) > 1 {
					out.WriteString(c.Name + ": ")
				}
				out.WriteString(markdownText(line) + "\n")
			}
		}
	}
}
