package render

import (
	"fmt"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// chunk is how many rows the table format keeps before it writes them. The columns are as wide as the widest cell so
// far, so they are of one width in a listing of up to so many rows and can only grow beyond; memory does not grow.
//
// tablewriter draws the first chunk, which is more than anyone reads. It takes about 30 µs a row, which a listing of
// 100,000 queues cannot afford, so later chunks are drawn by grid.align, to the same effect in a fraction of a µs.
const chunk = 1000

// tableEncoding is aligned columns for people: control characters are always escaped, blanks at the ends of a cell
// are shown as \x20, an unknown value is "-". At a terminal numbers have units, and where the table is wider than the
// screen the widest texts are cut, with … at the end. In a pipe nothing has units and nothing is cut.
func tableEncoding() encoding {
	return encoding{
		name: Table, help: "aligned columns, for people", totals: true,
		listing: func(out *output, columns []record.Column, o Options) Writer {
			return newTableWriter(out, columns, o)
		},
		document: tableDocument,
	}
}

type tableWriter struct {
	*output
	columns []record.Column
	o       Options
	header  []string
	right   []bool
	widths  []int
	// head is the heading, once the first rows are written; folds means that the last column goes below its row.
	head  titles
	folds bool
	// screen is the width that the heading is broken for; 0: it is not.
	screen int
	rows   [][]string
	headed bool
	begun  bool
	sums   []string
	note   string
}

func newTableWriter(out *output, columns []record.Column, o Options) *tableWriter {
	w := &tableWriter{output: out, columns: columns, o: o, headed: o.NoHeaders, widths: make([]int, len(columns))}
	if o.Terminal {
		w.screen = o.Width
	}
	for _, c := range columns {
		w.header = append(w.header, showEdges(Escape(c.Name)))
		w.right = append(w.right, c.Kind.Number())
	}
	return w
}

func (w *tableWriter) Row(row record.Row) error {
	var changes []string
	if w.o.Terminal {
		changes = w.o.Deltas.mark(w.columns, row)
	}
	cells := make([]string, len(w.columns))
	for i, c := range w.columns {
		cells[i] = shown(c.Kind, cellAt(row, i), w.o)
		if changes != nil {
			cells[i] += changes[i]
		}
	}
	w.rows = append(w.rows, cells)
	if len(w.rows) >= chunk {
		return w.write()
	}
	return w.send(nil)
}

// Totals writes a rule and the sums, and below them how many rows there are and how many values were not known.
func (w *tableWriter) Totals(cells record.Row, rows int, unknown []int) error {
	w.sums = make([]string, len(w.columns))
	for i, c := range w.columns {
		if v := cellAt(cells, i); v.Known() {
			w.sums[i] = shown(c.Kind, v, w.o)
		}
	}
	for i, c := range w.columns {
		if w.sums[i] == "" && !c.Kind.Number() {
			w.sums[i] = "total"
			break
		}
	}
	w.note = plural(rows, "row")
	var missing []string
	for i, n := range unknown {
		if n > 0 && i < len(w.header) {
			missing = append(missing, fmt.Sprintf("%s %d", w.header[i], n))
		}
	}
	if len(missing) > 0 {
		w.note += "; unknown and not counted: " + strings.Join(missing, ", ")
	}
	return w.send(nil)
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Flush writes the rows that are kept, too. Columns can be wider below them.
func (w *tableWriter) Flush() error {
	if err := w.write(); err != nil {
		return err
	}
	return w.output.Flush()
}

func (w *tableWriter) Close() error {
	if err := w.Flush(); err != nil || w.note == "" {
		return err
	}
	w.WriteString(w.note + "\n")
	return w.output.Flush()
}

// write writes what is kept: the header if it has not been, rows, and sums.
func (w *tableWriter) write() error {
	rows := w.rows
	if w.sums != nil {
		rows = append(rows[:len(rows):len(rows)], w.sums)
	}
	body := make([]int, len(w.columns))
	measure(body, nil, rows)
	if !w.begun {
		w.layOut(body)
	}
	for i, n := range body {
		w.widths[i] = max(w.widths[i], n)
	}
	kept := len(w.columns)
	if w.folds {
		kept--
	}
	if w.o.Terminal && w.o.Width > 0 {
		squeeze(w.widths[:kept], w.columns, w.head.widths, w.o.Width)
	}
	g := grid{right: w.right[:kept], rows: w.rows, bold: w.o.Colour, widths: w.widths[:kept]}
	if !w.headed {
		g.header = w.head.lines
	}
	if w.sums != nil {
		rule := make([]string, len(w.widths))
		for i, n := range w.widths[:kept] {
			rule[i] = strings.Repeat("-", n)
		}
		g.rows = append(g.rows, rule, w.sums)
	}
	if w.folds {
		g.fold(kept, w.o.Width)
	}
	simple := !w.begun && !w.folds && len(g.header) < 2
	w.headed, w.begun, w.rows, w.sums = true, true, nil, nil
	if simple {
		return g.write(w.output)
	}
	return g.align(w.output)
}

// layOut decides how the table fits the screen, by its first rows.
func (w *tableWriter) layOut(body []int) {
	w.head = titles{widths: make([]int, len(w.columns))}
	if !w.headed {
		w.head = newTitles(w.header)
		if w.screen > 0 && len(w.columns) > 0 {
			w.head.narrow(wanted(w.columns, body), w.screen)
		}
	}
	for i, n := range w.head.widths {
		w.widths[i] = max(n, body[i])
	}
	w.folds = w.o.Terminal && w.o.Width > 0 && folds(w.columns, body, w.head.widths, w.o.Width)
}

// squeeze makes columns of text narrower, the widest first, until a line fits the screen, or until each is at 12 or
// at its header's width. Columns of numbers and flags stay whole: a cut number is another number.
func squeeze(widths []int, columns []record.Column, heads []int, screen int) {
	total := total(widths)
	for total > screen {
		widest, second := -1, 0
		for i, c := range columns[:len(widths)] {
			if c.Kind.Number() || c.Kind == record.Flag || widths[i] <= max(12, heads[i]) {
				continue
			}
			switch {
			case widest < 0:
				widest = i
			case widths[i] > widths[widest]:
				widest, second = i, widths[widest]
			default:
				second = max(second, widths[i])
			}
		}
		if widest < 0 {
			return
		}
		floor := max(12, heads[widest], second-1)
		cut := min(total-screen, widths[widest]-floor)
		widths[widest] -= cut
		total -= cut
	}
}

// tableDocument cuts nothing: a document is short, and has commands to copy. Headings may be broken.
func tableDocument(out *output, d record.Document, o Options) error {
	screen := o.Width
	o.Width = 0
	for i, s := range d.ForPeople() {
		if i > 0 {
			out.WriteByte('\n')
		}
		if s.Name != "" {
			title := Escape(s.Name)
			if o.Colour {
				title = bold + title + plainText
			}
			out.WriteString(title + "\n")
		}
		if !s.One && len(s.Rows) == 0 {
			out.WriteString("(none)\n")
			continue
		}
		if s.Blocks {
			blocks(out, s, o)
			continue
		}
		if !s.One {
			o := o
			o.NoHeaders = o.NoHeaders || len(s.Columns) == 1
			w := newTableWriter(out, s.Columns, o)
			if o.Terminal {
				w.screen = screen
			}
			for _, row := range s.Rows {
				if err := w.Row(row); err != nil {
					return err
				}
			}
			if err := w.write(); err != nil {
				return err
			}
			continue
		}
		g := grid{right: []bool{false, false}, widths: make([]int, 2)}
		for j, c := range s.Columns {
			g.rows = append(g.rows, []string{showEdges(Escape(c.Name)), shown(c.Kind, cellAt(one(s), j), o)})
		}
		measure(g.widths, nil, g.rows)
		if err := g.write(out); err != nil {
			return err
		}
	}
	return nil
}
