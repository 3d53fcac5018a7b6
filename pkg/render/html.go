package render

import (
	"html"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// htmlEncoding is a table to paste into a page or a mail: a fragment, no page of its own.
func htmlEncoding() encoding {
	return markup{
		name: HTML, help: "an HTML table for a page or a mail",
		text: func(s string) string { return html.EscapeString(Escape(s)) },
		head: func(_ []record.Column, names []string) string {
			return "<table>\n<thead><tr><th>" + strings.Join(names, "</th><th>") + "</th></tr></thead>\n<tbody>\n"
		},
		row:   htmlRow,
		foot:  "</tbody>\n</table>\n",
		title: func(text string) string { return "<h3>" + text + "</h3>\n" },
	}.encoding()
}

func htmlRow(columns []record.Column, cells []string) string {
	var line strings.Builder
	line.WriteString("<tr>")
	for i, c := range columns {
		tag := "<td>"
		if c.Kind.Number() {
			tag = `<td align="right">`
		}
		line.WriteString(tag + cells[i] + "</td>")
	}
	return line.String() + "</tr>\n"
}
