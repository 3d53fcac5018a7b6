package render

import (
	"encoding/csv"
	"strconv"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// csvEncoding writes RFC 4180 with line feeds: a header, values as the broker sent them, objects and lists as compact
// JSON, and nothing for an unknown value. At a terminal it escapes control characters.
func csvEncoding() encoding {
	return encoding{
		name: CSV, help: "comma-separated values with a header, lists and arguments as JSON (formulas: rabbitctl help formats)", totals: true,
		listing: func(out *output, columns []record.Column, o Options) Writer {
			return &csvWriter{output: out, csv: csv.NewWriter(out), columns: columns, terminal: o.Terminal, headed: o.NoHeaders,
				fields: make([]string, len(columns))}
		},
		document: csvDocument,
	}
}

type csvWriter struct {
	*output
	csv      *csv.Writer
	columns  []record.Column
	terminal bool
	headed   bool
	fields   []string
}

func (w *csvWriter) header() error {
	if w.headed {
		return nil
	}
	w.headed = true
	for i, c := range w.columns {
		w.fields[i] = c.Name
	}
	return w.write()
}

func (w *csvWriter) Row(row record.Row) error {
	if err := w.header(); err != nil {
		return err
	}
	for i := range w.columns {
		w.fields[i] = cellAt(row, i).Text()
	}
	return w.write()
}

func (w *csvWriter) write() error {
	if len(w.fields) == 1 && w.fields[0] == "" {
		// Most readers of CSV skip an empty line, but they do read an empty field in quotes.
		w.csv.Flush()
		return w.send([]byte("\"\"\n"))
	}
	if w.terminal {
		for i, s := range w.fields {
			w.fields[i] = Escape(s)
		}
	}
	return w.csv.Write(w.fields)
}

// Totals writes the sums as one more row. The first column that has no sum and no numbers says "total".
func (w *csvWriter) Totals(cells record.Row, rows int, unknown []int) error {
	return w.Row(totalsRow(w.columns, cells))
}

func (w *csvWriter) Flush() error {
	w.csv.Flush()
	if err := w.csv.Error(); err != nil {
		return err
	}
	return w.output.Flush()
}

func (w *csvWriter) Close() error {
	if err := w.header(); err != nil {
		return err
	}
	return w.Flush()
}

func csvDocument(out *output, d record.Document, o Options) error {
	columns := []record.Column{{Name: "section"}, {Name: "row"}, {Name: "name"}, {Name: "value"}}
	w := csvEncoding().listing(out, columns, o)
	for _, s := range d {
		for i, row := range s.Rows {
			var nth record.Value
			if !s.One {
				nth = record.Value(strconv.Itoa(i + 1))
			}
			for j, c := range s.Columns {
				if err := w.Row(record.Row{record.Of(s.Name), nth, record.Of(c.Name), cellAt(row, j)}); err != nil {
					return err
				}
			}
		}
	}
	return w.Close()
}
