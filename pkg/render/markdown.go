package render

import (
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// markdownEncoding is a table to paste into a ticket.
func markdownEncoding() encoding {
	return markup{
		name: Markdown, help: "a Markdown table for a ticket",
		text: markdownText,
		head: func(columns []record.Column, names []string) string {
			rule := make([]string, len(columns))
			for i, c := range columns {
				if rule[i] = "---"; c.Kind.Number() {
					rule[i] = "---:"
				}
			}
			return markdownRow(columns, names) + markdownRow(columns, rule)
		},
		row:     markdownRow,
		title:   func(text string) string { return "### " + text + "\n\n" },
		between: "\n",
		blocks:  markdownBlocks,
	}.encoding()
}

func markdownRow(_ []record.Column, cells []string) string {
	return "| " + strings.Join(cells, " | ") + " |\n"
}

// markdownText escapes what would end a cell or be read as markup. An underscore inside a word is none.
func markdownText(s string) string {
	s = Escape(s)
	var b strings.Builder
	for i, r := range s {
		inWord := i > 0 && i+1 < len(s) && wordByte(s[i-1]) && wordByte(s[i+1])
		if strings.ContainsRune("\\|`*<>[]~&", r) || r == '_' && !inWord {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func wordByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80
}
