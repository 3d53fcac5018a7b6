package render

import (
	"html"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// htmlEncoding writes a table that can be pasted into a page or a mail: a fragment of HTML, not a whole page.
func htmlEncoding() encoding {
	return markup{
		name: HTML, help: "an HTML table for a page or a mail",
		text:  func(s string) string { return html.EscapeString(Escape(s)) },
		table: func(out *output, columns []record.Column) table { return htmlTable{out, columns} },
		title: func(text string) string { return "<h3>" + text + "</h3>\n" },
	}.encoding()
}

// htmlTable writes each row as it comes. The HTML renderer of tablewriter would hold all rows until the end (release
// 1.1.5: "does not support streaming").
type htmlTable struct {
	out     *output
	columns []record.Column
}

func (t htmlTable) heading(names []string) error {
	return t.out.send([]byte("<table>\n<thead><tr><th>" + strings.Join(names, "</th><th>") +
		"</th></tr></thead>\n<tbody>\n"))
}

func (t htmlTable) row(cells []string) error {
	var line strings.Builder
	line.WriteString("<tr>")
	for i, c := range t.columns {
		tag := "<td>"
		if c.Kind.Number() {
			tag = `<td align="right">`
		}
		line.WriteString(tag + cells[i] + "</td>")
	}
	return t.out.send([]byte(line.String() + "</tr>\n"))
}

func (t htmlTable) end() error { return t.out.send([]byte("</tbody>\n</table>\n")) }
