package render

import (
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// headed is how many cells of a row form the heading of its block.
const headed = 2

// blocks writes each row as a heading with the row's other cells below it. If there is more than one other cell, each
// has the name of its column before it.
func blocks(out *output, s record.Section, screen int, o Options) {
	widest := 0
	rest := s.Columns[min(headed, len(s.Columns)):]
	if len(rest) > 1 {
		for _, c := range rest {
			widest = max(widest, len(c.Name))
		}
	}
	for i, row := range s.Rows {
		if i > 0 && len(rest) > 1 {
			out.WriteByte('\n')
		}
		title := heading(s, row, func(k record.Kind, v record.Value) string { return shown(k, v, o) })
		for i, line := range Wrap(title, screen, "  ") {
			if word, after, found := strings.Cut(line, ": "); i == 0 && found && o.Colour {
				line = coloured(word) + ": " + after
			}
			out.WriteString(line + "\n")
		}
		for j, c := range rest {
			before := "    "
			if widest > 0 {
				before = "  " + c.Name + strings.Repeat(" ", widest-len(c.Name)) + "  "
			}
			for _, line := range blockLines(c.Kind, cellAt(row, headed+j), o) {
				hanging(out, before, line, screen, "  ")
				before = strings.Repeat(" ", len(before))
			}
		}
	}
}

// coloured adds a colour to the first word of a heading if that word is a severity. Other words are not changed.
func coloured(word string) string {
	code := map[string]string{"CRITICAL": "1;31", "WARNING": "1;33", "UNKNOWN": "1;35", "REMARK": "1;32"}[word]
	if code == "" {
		return word
	}
	return "\x1b[" + code + "m" + word + plainText
}

// heading joins the first cells of a row.
func heading(s record.Section, row record.Row, text func(record.Kind, record.Value) string) string {
	var words []string
	for i, c := range s.Columns[:min(headed, len(s.Columns))] {
		words = append(words, text(c.Kind, cellAt(row, i)))
	}
	return strings.Join(words, ": ")
}

// blockLines returns the lines of a cell: one for each element of a list, one for any other value, none for an empty
// cell.
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

// markdownBlocks writes each row as a paragraph, with the cells after the heading as a list.
func markdownBlocks(out *output, s record.Section) {
	for i, row := range s.Rows {
		if i > 0 {
			out.WriteByte('\n')
		}
		out.WriteString("**" + heading(s, row, func(k record.Kind, v record.Value) string {
			return markdownText(markupCell(k, v))
		}) + "**\n")
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
