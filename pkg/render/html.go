package render

import (
	"html"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// htmlEncoding is a table to paste into a page or a mail: a fragment, no page of its own. Characters that HTML reads as
// markup are escaped, control characters are made visible, numbers have no units.
func htmlEncoding() encoding {
	return encoding{
		name: HTML, help: "an HTML table for a page or a mail", totals: true,
		listing: func(out *output, columns []record.Column, o Options) Writer {
			return &htmlWriter{output: out, columns: columns}
		},
		document: htmlDocument,
	}
}

type htmlWriter struct {
	*output
	columns []record.Column
	headed  bool
}

func (w *htmlWriter) header() error {
	if w.headed {
		return nil
	}
	w.headed = true
	line := []byte("<table>\n<thead><tr>")
	for _, c := range w.columns {
		line = append(append(append(line, "<th>"...), htmlText(c.Name)...), "</th>"...)
	}
	return w.send(append(line, "</tr></thead>\n<tbody>\n"...))
}

func (w *htmlWriter) Row(row record.Row) error {
	if err := w.header(); err != nil {
		return err
	}
	line := []byte("<tr>")
	for i, c := range w.columns {
		tag := "<td>"
		if c.Kind.Number() {
			tag = `<td align="right">`
		}
		line = append(append(append(line, tag...), htmlText(markdownCell(c.Kind, cellAt(row, i)))...), "</td>"...)
	}
	return w.send(append(line, "</tr>\n"...))
}

// Totals writes one more row: the sums, and "total" in the first column that has none.
func (w *htmlWriter) Totals(cells record.Row, rows int, unknown []int) error {
	return w.Row(totalsRow(w.columns, cells))
}

func (w *htmlWriter) Close() error {
	if err := w.header(); err != nil {
		return err
	}
	if err := w.send([]byte("</tbody>\n</table>\n")); err != nil {
		return err
	}
	return w.Flush()
}

func htmlText(s string) string { return html.EscapeString(Escape(s)) }

func htmlDocument(out *output, d record.Document, o Options) error {
	for _, s := range d.ForPeople() {
		if s.Name != "" {
			out.WriteString("<h3>" + htmlText(s.Name) + "</h3>\n")
		}
		columns, rows := s.Columns, s.Rows
		if s.One {
			columns, rows = pairs(s, markdownCell)
		}
		w := &htmlWriter{output: out, columns: columns}
		for _, row := range rows {
			if err := w.Row(row); err != nil {
				return err
			}
		}
		if err := w.Close(); err != nil {
			return err
		}
	}
	return nil
}
