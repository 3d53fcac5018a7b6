package render

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// gap is the number of blanks between columns.
const gap = 2

const (
	bold      = "\x1b[1m"
	plainText = "\x1b[0m"
)

// grid is cells to be aligned. Cells hold no control characters and do not end with a blank.
type grid struct {
	// header are the lines of the heading; nil: none.
	header [][]string
	rows   [][]string
	// below are the lines below each row, and those below the heading; nil: none.
	below      [][]string
	belowNames []string
	// widths are those of the columns; longer cells are cut.
	widths []int
	// right are the columns aligned to the right.
	right []bool
	// middle are the columns whose cells are cut in the middle; nil: none.
	middle []bool
	// bold makes the header stand out with an SGR sequence.
	bold bool
}

// write draws the grid with tablewriter, whose habits need care: it changes names and blanks unless told not to, pads
// the ends of lines, cuts cells without a sign where it is given widths, and swallows failed writes.
func (g grid) write(out *output) error {
	if len(g.widths) == 0 || len(g.rows) == 0 && g.header == nil {
		return out.send(nil)
	}
	lines := &lines{out: out, bold: g.bold && g.header != nil}
	align := make([]tw.Align, len(g.widths))
	widths := tw.NewMapper[int, int]()
	for i := range align {
		align[i] = tw.AlignLeft
		if g.right[i] {
			align[i] = tw.AlignRight
		}
		widths.Set(i, g.widths[i]+gap)
	}
	alignment := tw.CellAlignment{PerColumn: align}
	t := tablewriter.NewTable(lines,
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders: tw.BorderNone,
			Symbols: tw.NewSymbols(tw.StyleNone),
			Settings: tw.Settings{
				Separators: tw.SeparatorsNone,
				Lines:      tw.LinesNone,
			},
		})),
		tablewriter.WithPadding(tw.Padding{Right: "  ", Overwrite: true}),
		tablewriter.WithTrimSpace(tw.Off),
		tablewriter.WithTrimLine(tw.Off),
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithHeaderAlignmentConfig(alignment),
		tablewriter.WithRowAlignmentConfig(alignment),
		tablewriter.WithColumnWidths(widths),
	)
	if g.header != nil {
		t.Header(g.fit(g.header[0]))
	}
	for _, row := range g.rows {
		if err := t.Append(g.fit(row)); err != nil {
			return err
		}
	}
	if err := t.Render(); err != nil {
		return err
	}
	return lines.end()
}

// align draws the grid as write does, without tablewriter.
func (g grid) align(out *output) error {
	lines := &lines{out: out}
	draw := func(cells []string) {
		for i, s := range g.fit(cells) {
			blanks := g.widths[i] - width(s)
			if g.right[i] {
				lines.blanks(blanks)
			}
			lines.line = append(lines.line, s...)
			if !g.right[i] {
				lines.blanks(blanks)
			}
			lines.blanks(gap)
		}
		lines.send()
	}
	lay := func(below []string) {
		for _, text := range below {
			lines.line = append(lines.line, text...)
			lines.send()
		}
	}
	for _, names := range g.header {
		lines.bold = g.bold
		draw(names)
	}
	lines.bold = g.bold && g.belowNames != nil
	lay(g.belowNames)
	lines.bold = false
	for i, row := range g.rows {
		draw(row)
		if g.below != nil {
			lay(g.below[i])
		}
	}
	return lines.end()
}

// rule adds a line below the rows so far.
func (g *grid) rule() {
	line := make([]string, len(g.widths))
	for i, n := range g.widths {
		line[i] = strings.Repeat("-", n)
	}
	g.rows = append(g.rows, line)
	if g.below != nil {
		g.below = append(g.below, nil)
	}
}

// fit cuts the cells that are wider than their column.
func (g grid) fit(cells []string) []string {
	for i, s := range cells {
		if width(s) <= g.widths[i] {
			continue
		}
		fitted := append([]string(nil), cells...)
		for j := i; j < len(cells); j++ {
			if width(cells[j]) > g.widths[j] {
				fitted[j] = g.cut(cells[j], j)
			}
		}
		return fitted
	}
	return cells
}

// cut makes a cell fit its column. Names often differ at their ends only, as those of nodes and hosts do.
func (g grid) cut(cell string, column int) string {
	room := g.widths[column]
	if g.middle == nil || !g.middle[column] || room < 4 {
		return twwidth.Truncate(cell, room, "…")
	}
	back := (room - 1) / 2
	end, start := "", len(cell)
	for start > 0 {
		_, size := utf8.DecodeLastRuneInString(cell[:start])
		if width(cell[start-size:]) > back {
			break
		}
		start -= size
	}
	end = cell[start:]
	return twwidth.Truncate(cell, room-width(end), "…") + end
}

// measure widens the columns to what the lines need.
func measure(widths []int, header []string, rows [][]string) {
	for i, s := range header {
		widths[i] = max(widths[i], width(s))
	}
	for _, row := range rows {
		for i, s := range row {
			widths[i] = max(widths[i], width(s))
		}
	}
}

// width is how many columns of a terminal s takes, which tablewriter must agree with.
func width(s string) int {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return twwidth.WidthNoCache(s)
		}
	}
	return len(s)
}

// lines takes the blanks off the end of each line and remembers a failed write.
type lines struct {
	out  *output
	line []byte
	bold bool
	err  error
}

var _ io.Writer = (*lines)(nil)

// Write never fails, because its caller would not tell: see end.
func (l *lines) Write(b []byte) (int, error) {
	n := len(b)
	for {
		i := bytes.IndexByte(b, '\n')
		if i < 0 {
			l.line = append(l.line, b...)
			return n, nil
		}
		l.line = append(l.line, b[:i]...)
		l.send()
		b = b[i+1:]
	}
}

func (l *lines) send() {
	text := bytes.TrimRight(l.line, " ")
	if l.bold {
		text = []byte(bold + string(text) + plainText)
		l.bold = false
	}
	if err := l.out.send(append(text, '\n')); err != nil && l.err == nil {
		l.err = err
	}
	l.line = l.line[:0]
}

func (l *lines) blanks(n int) {
	for range n {
		l.line = append(l.line, ' ')
	}
}

// end writes a last line without end, and gives the first failure.
func (l *lines) end() error {
	if len(l.line) > 0 {
		l.send()
	}
	return l.err
}
