package render

import (
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// tsvEncoding writes what rabbitmqctl -q prints: a header line, and values joined by one tab. As with rabbitmqctl, no
// value is escaped in a pipe: a tab or line end inside a name is printed unchanged and breaks its row. Use csv or json
// if names may contain tabs or line ends. At a terminal control characters are escaped.
func tsvEncoding() encoding {
	return encoding{
		name: TSV, help: "values joined by tabs, as rabbitmqctl -q prints them", totals: true,
		listing: func(out *output, columns []record.Column, o Options) Writer {
			return &tsvWriter{output: out, columns: columns, o: o, headed: o.NoHeaders}
		},
		document: tsvDocument,
	}
}

type tsvWriter struct {
	*output
	columns []record.Column
	o       Options
	headed  bool
	line    []byte
}

func (w *tsvWriter) header() error {
	if w.headed {
		return nil
	}
	w.headed = true
	w.line = w.line[:0]
	for i, c := range w.columns {
		if i > 0 {
			w.line = append(w.line, '\t')
		}
		w.line = append(w.line, Escape(c.Name)...)
	}
	return w.send(append(w.line, '\n'))
}

func (w *tsvWriter) Row(row record.Row) error {
	if err := w.header(); err != nil {
		return err
	}
	w.line = w.line[:0]
	for i, c := range w.columns {
		if i > 0 {
			w.line = append(w.line, '\t')
		}
		w.line = w.cell(w.line, c.Kind, cellAt(row, i))
	}
	w.line = append(w.line, '\n')
	return w.send(w.line)
}

func (w *tsvWriter) cell(dst []byte, kind record.Kind, v record.Value) []byte {
	if !w.o.Terminal {
		return appendPlain(dst, kind, v)
	}
	return append(dst, Escape(string(appendPlain(nil, kind, v)))...)
}

// Totals writes the sums as one more row. The first column that has no sum and no numbers says "total".
func (w *tsvWriter) Totals(cells record.Row, rows int, unknown []int) error {
	return w.Row(totalsRow(w.columns, cells))
}

func (w *tsvWriter) Close() error {
	if err := w.header(); err != nil {
		return err
	}
	return w.Flush()
}

func tsvDocument(out *output, d record.Document, o Options) error {
	for i, s := range d {
		w := &tsvWriter{output: out, columns: s.Columns, o: o, headed: o.NoHeaders}
		if !s.One {
			if i > 0 {
				out.WriteByte('\n')
			}
			for _, row := range s.Rows {
				if err := w.Row(row); err != nil {
					return err
				}
			}
			if err := w.header(); err != nil {
				return err
			}
			continue
		}
		if i > 0 && !d[i-1].One {
			out.WriteByte('\n')
		}
		prefix := ""
		if s.Name != "" {
			prefix = s.Name + "."
		}
		for j, c := range s.Columns {
			line := append(w.line[:0], Escape(prefix+c.Name)...)
			line = append(w.cell(append(line, '\t'), c.Kind, cellAt(one(s), j)), '\n')
			if err := w.send(line); err != nil {
				return err
			}
		}
	}
	return nil
}

// one returns the row of a section of one row, or an empty row if the section has no row.
func one(s record.Section) record.Row {
	if len(s.Rows) > 0 {
		return s.Rows[0]
	}
	return nil
}

// totalsRow returns the sums as a row, with the word "total" in the first column that has no sum and no numbers.
func totalsRow(columns []record.Column, cells record.Row) record.Row {
	row := make(record.Row, len(columns))
	labelled := false
	for i, c := range columns {
		row[i] = cellAt(cells, i)
		if !labelled && !row[i].Known() && !c.Kind.Number() {
			labelled = true
			row[i] = record.Of("total")
		}
	}
	return row
}
