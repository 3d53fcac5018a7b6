package render

import (
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// markdownEncoding is a table to paste into a ticket. Characters that Markdown reads as markup are escaped, control
// characters are made visible, numbers have no units.
func markdownEncoding() encoding {
	return encoding{
		name: Markdown, help: "a Markdown table for a ticket", totals: true,
		listing: func(out *output, columns []record.Column, o Options) Writer {
			return &markdownWriter{output: out, columns: columns}
		},
		document: markdownDocument,
	}
}

type markdownWriter struct {
	*output
	columns []record.Column
	headed  bool
}

func (w *markdownWriter) header() error {
	if w.headed {
		return nil
	}
	w.headed = true
	var names, rule strings.Builder
	for _, c := range w.columns {
		names.WriteString("| " + markdownText(c.Name) + " ")
		if c.Kind.Number() {
			rule.WriteString("| ---: ")
		} else {
			rule.WriteString("| --- ")
		}
	}
	return w.send([]byte(names.String() + "|\n" + rule.String() + "|\n"))
}

func (w *markdownWriter) Row(row record.Row) error {
	if err := w.header(); err != nil {
		return err
	}
	var line []byte
	for i, c := range w.columns {
		line = append(append(line, "| "...), markdownText(markdownCell(c.Kind, cellAt(row, i)))...)
		line = append(line, ' ')
	}
	return w.send(append(line, "|\n"...))
}

func markdownCell(kind record.Kind, v record.Value) string {
	if kind == record.Map {
		return string(appendPairs(nil, v))
	}
	return string(appendPlain(nil, kind, v))
}

// Totals writes one more row: the sums, and "total" in the first column that has none.
func (w *markdownWriter) Totals(cells record.Row, rows int, unknown []int) error {
	return w.Row(totalsRow(w.columns, cells))
}

func (w *markdownWriter) Close() error {
	if err := w.header(); err != nil {
		return err
	}
	return w.Flush()
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

func markdownDocument(out *output, d record.Document, o Options) error {
	for i, s := range d.ForPeople() {
		if i > 0 {
			out.WriteByte('\n')
		}
		if s.Name != "" {
			out.WriteString("### " + markdownText(s.Name) + "\n\n")
		}
		columns, rows := s.Columns, s.Rows
		if s.One {
			columns, rows = pairs(s, markdownCell)
		}
		if s.Blocks {
			markdownBlocks(out, s)
			continue
		}
		w := &markdownWriter{output: out, columns: columns}
		for _, row := range rows {
			if err := w.Row(row); err != nil {
				return err
			}
		}
		if err := w.header(); err != nil {
			return err
		}
	}
	return nil
}

// pairs turns a section of one row into rows of name and value.
func pairs(s record.Section, text func(record.Kind, record.Value) string) ([]record.Column, []record.Row) {
	rows := make([]record.Row, len(s.Columns))
	for i, c := range s.Columns {
		rows[i] = record.Row{record.Of(c.Name), record.Of(Escape(text(c.Kind, cellAt(one(s), i))))}
	}
	return []record.Column{{Name: "name"}, {Name: "value"}}, rows
}
