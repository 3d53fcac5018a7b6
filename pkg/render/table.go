package render

import (
	"fmt"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// chunk is how many rows the table format keeps before it writes them. A column is as wide as its widest cell so far.
// In a listing of up to one chunk it therefore has one width; in a longer listing the width can only grow. So the table
// format needs no more memory for a longer listing.
const chunk = 1000

// tableEncoding writes aligned columns for people: control characters are always escaped, blanks at the ends of a cell
// are shown as \x20, an unknown value is "-", and numbers have units. A table that is wider than the screen is made to
// fit, see fit.go. In a pipe nothing is cut and nothing is left out.
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
	// fit says how the table fits the screen. It is set when the first rows are written.
	fit
	rows [][]string
	// changes says for each row and column how the value changed since the previous round. It is nil if the table shows no
	// changes.
	changes [][]string
	headed  bool
	begun   bool
	sums    []string
	note    string
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
	if w.o.Terminal && w.o.Deltas != nil {
		w.changes = append(w.changes, w.o.Deltas.mark(w.columns, row))
	}
	cells := make([]string, len(w.columns))
	for i, c := range w.columns {
		cells[i] = shown(c.Kind, cellAt(row, i), w.o)
	}
	w.rows = append(w.rows, cells)
	if len(w.rows) >= chunk {
		return w.write()
	}
	return w.send(nil)
}

// Totals writes a line and the sums, and below these the number of rows and, for each column that has some, the number
// of unknown values.
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
	w.note = prose.Plural(rows, "row", "rows")
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

// Flush also writes the kept rows. Later rows can have wider columns.
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

// write writes what is kept: the header if it has not been written yet, the rows, and the sums.
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
	w.addChanges(body)
	for i, n := range body {
		w.widths[i] = max(w.widths[i], n)
	}
	g := grid{right: project(w.fit, w.right), middle: project(w.fit, w.keys), bold: w.o.Colour, widths: project(w.fit,
		w.widths)}
	if w.screen > 0 {
		squeeze(g.widths, project(w.fit, w.columns), g.middle, w.head.widths, w.screen)
	}
	if !w.headed {
		g.header = w.head.lines
	}
	last := len(w.columns) - 1
	if w.above != nil {
		g.above = [][]string{}
		if !w.headed {
			g.aboveNames = w.aboveRow(w.header)
		}
	}
	if w.folds && !w.headed {
		g.belowNames = folded(w.header[last], w.screen)
	}
	for i, row := range rows {
		if w.sums != nil && i == len(rows)-1 {
			g.rule()
		}
		g.rows = append(g.rows, project(w.fit, row))
		if w.above != nil {
			g.above = append(g.above, w.aboveRow(row))
		}
		if w.folds {
			g.below = append(g.below, folded(row[last], w.screen))
		}
	}
	w.headed, w.begun, w.rows, w.changes, w.sums = true, true, nil, nil, nil
	return g.write(w.output)
}

// tableDocument writes the sections of a document. It breaks a text that is too wide for the screen between words. In a
// table that is too wide, it leaves out columns, as in a listing.
func tableDocument(out *output, d record.Document, o Options) error {
	screen := 0
	if o.Terminal {
		screen = o.Width
	}
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
		switch {
		case s.One:
			fields(out, s, screen, o)
		case len(s.Rows) == 0:
			out.WriteString("(none)\n")
		case s.Blocks:
			blocks(out, s, screen, o)
		case len(s.Columns) == 1:
			for _, row := range s.Rows {
				paragraph(out, shown(s.Columns[0].Kind, cellAt(row, 0), o), screen, "  ")
			}
		default:
			if err := tableSection(out, s, o); err != nil {
				return err
			}
		}
	}
	return nil
}

// tableSection writes a table of a document. If it leaves out columns, it reports their names, each after the name of
// the section: members.state.
func tableSection(out *output, s record.Section, o Options) error {
	if tell := o.Unshown; tell != nil {
		o.Unshown = func(columns []string) {
			named := make([]string, len(columns))
			for i, c := range columns {
				named[i] = c
				if s.Name != "" {
					named[i] = s.Name + "." + c
				}
			}
			tell(named)
		}
	}
	w := newTableWriter(out, s.Columns, o)
	for _, row := range s.Rows {
		if err := w.Row(row); err != nil {
			return err
		}
	}
	return w.write()
}

// fields writes a section that has one row: a line with the name and the value for each column.
func fields(out *output, s record.Section, screen int, o Options) {
	room := 0
	for _, c := range s.Columns {
		room = max(room, width(showEdges(Escape(c.Name))))
	}
	for j, c := range s.Columns {
		name := showEdges(Escape(c.Name))
		hanging(out, name+strings.Repeat(" ", room-width(name)+gap), shown(c.Kind, cellAt(one(s), j), o), screen, "")
	}
}

// hanging writes a text behind the prefix that its second argument gives. If the text takes several lines, the further
// lines begin below the beginning of the text, each with the last argument in front.
func hanging(out *output, before, text string, screen int, hang string) {
	room := 0
	if screen > 0 {
		room = max(1, screen-width(before))
	}
	blank := strings.Repeat(" ", width(before))
	lines := Wrap(text, room, hang)
	if isCommand(text) {
		lines = WrapCommand(text, room, hang)
	}
	for _, line := range lines {
		out.WriteString(strings.TrimRight(before+line, " ") + "\n")
		before = blank
	}
}

// paragraph writes a text that has no line ends. It breaks the text between words if it is wider than the screen.
func paragraph(out *output, text string, screen int, hang string) {
	for _, line := range Wrap(text, screen, hang) {
		out.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}
