package render

import "github.com/rabbitctl/rabbitctl/pkg/record"

// markup describes how to write tables in a markup language. Control characters are made visible, and numbers have no
// units.
type markup struct {
	name Format
	help string
	// text escapes characters that the language would read as markup.
	text func(string) string
	// table begins a table.
	table func(out *output, columns []record.Column) table
	// title returns the heading of a section, and between is the text between two sections.
	title   func(text string) string
	between string
	// blocks writes a section whose field Blocks is set; nil means that such a section becomes a table like any other.
	blocks func(out *output, s record.Section)
}

// table writes a table in a markup language: a heading and rows. The text of the cells is already escaped.
type table interface {
	heading(names []string) error
	row(cells []string) error
	end() error
}

func (m markup) encoding() encoding {
	return encoding{
		name: m.name, help: m.help, totals: true,
		listing:  func(out *output, columns []record.Column, _ Options) Writer { return m.writer(out, columns) },
		document: m.document,
	}
}

func (m markup) writer(out *output, columns []record.Column) *markupWriter {
	return &markupWriter{output: out, markup: m, columns: columns, table: m.table(out, columns)}
}

type markupWriter struct {
	*output
	markup  markup
	columns []record.Column
	table   table
	headed  bool
}

func (w *markupWriter) header() error {
	if w.headed {
		return nil
	}
	w.headed = true
	names := make([]string, len(w.columns))
	for i, c := range w.columns {
		names[i] = w.markup.text(c.Name)
	}
	return w.table.heading(names)
}

func (w *markupWriter) Row(row record.Row) error {
	if err := w.header(); err != nil {
		return err
	}
	cells := make([]string, len(w.columns))
	for i, c := range w.columns {
		cells[i] = w.markup.text(markupCell(c.Kind, cellAt(row, i)))
	}
	return w.table.row(cells)
}

// Totals writes the sums as one more row. The first column that has no sum and no numbers says "total".
func (w *markupWriter) Totals(cells record.Row, rows int, unknown []int) error {
	return w.Row(totalsRow(w.columns, cells))
}

func (w *markupWriter) Close() error {
	if err := w.header(); err != nil {
		return err
	}
	if err := w.table.end(); err != nil {
		return err
	}
	return w.Flush()
}

func (m markup) document(out *output, d record.Document, o Options) error {
	for i, s := range d.ForPeople() {
		if i > 0 {
			out.WriteString(m.between)
		}
		if s.Name != "" {
			out.WriteString(m.title(m.text(s.Name)))
		}
		if s.Blocks && m.blocks != nil {
			m.blocks(out, s)
			continue
		}
		columns, rows := s.Columns, s.Rows
		if s.One {
			columns, rows = pairs(s)
		}
		w := m.writer(out, columns)
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

func markupCell(kind record.Kind, v record.Value) string {
	if kind == record.Map {
		return string(appendPairs(nil, v))
	}
	return string(appendPlain(nil, kind, v))
}

// pairs turns a section of one row into a table with two columns, the names of the columns and their values.
func pairs(s record.Section) ([]record.Column, []record.Row) {
	rows := make([]record.Row, len(s.Columns))
	for i, c := range s.Columns {
		rows[i] = record.Row{record.Of(c.Name), record.Of(Escape(markupCell(c.Kind, cellAt(one(s), i))))}
	}
	return []record.Column{{Name: "name"}, {Name: "value"}}, rows
}
