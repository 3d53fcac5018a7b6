package render

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// gap is the number of blanks between columns.
const gap = 2

const (
	bold      = "\x1b[1m"
	plainText = "\x1b[0m"
)

// indented is put before a row if the names of the row are on lines above it.
const indented = "  "

// grid draws cells in aligned columns. Cells contain no control characters and do not end with a blank.
type grid struct {
	// header holds the lines of the heading; nil means no heading.
	header [][]string
	rows   [][]string
	// above holds the lines above each row, and aboveNames those above the heading; nil means none. If above is set, the
	// rows are indented.
	above      [][]string
	aboveNames []string
	// below holds the lines below each row, and belowNames those below the heading; nil means none.
	below      [][]string
	belowNames []string
	// widths are the widths of the columns; longer cells are cut.
	widths []int
	// right tells for each column whether it is aligned to the right.
	right []bool
	// middle tells for each column whether its cells are cut in the middle; nil means that no cell is.
	middle []bool
	// bold makes the header stand out with an SGR sequence.
	bold bool
}

// write draws the grid. tablewriter, which draws the Markdown tables, needs about a hundred times as long for a row (60
// µs instead of 0.5 µs, measured side by side): too long for a listing of 100,000 queues. Nor does tablewriter have
// lines below a row or headings of several lines.
func (g grid) write(out *output) error {
	if len(g.widths) == 0 {
		return out.send(nil)
	}
	lines := &lines{out: out}
	draw := func(cells []string) {
		if g.above != nil {
			lines.line = append(lines.line, indented...)
		}
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
	lines.bold = g.bold
	lay(g.aboveNames)
	for _, names := range g.header {
		draw(names)
	}
	lay(g.belowNames)
	lines.bold = false
	for i, row := range g.rows {
		if g.above != nil {
			lay(g.above[i])
		}
		draw(row)
		if g.below != nil {
			lay(g.below[i])
		}
	}
	return out.send(nil)
}

// rule adds a line of dashes below the rows so far.
func (g *grid) rule() {
	line := make([]string, len(g.widths))
	for i, n := range g.widths {
		line[i] = strings.Repeat("-", n)
	}
	g.rows = append(g.rows, line)
	if g.above != nil {
		g.above = append(g.above, nil)
	}
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

// cut shortens a cell to the width of its column. In a column of names it cuts the middle, because names of nodes and
// hosts often differ only at their ends.
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

// measure widens the columns until the header and the rows fit.
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

// width returns how many columns of a terminal s takes. It must count them in the same way as tablewriter.
func width(s string) int {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return twwidth.WidthNoCache(s)
		}
	}
	return len(s)
}

// lines writes lines, and removes the blanks at the end of each.
type lines struct {
	out  *output
	line []byte
	bold bool
}

func (l *lines) send() {
	text := bytes.TrimRight(l.line, " ")
	if l.bold {
		text = []byte(bold + string(text) + plainText)
	}
	l.out.Write(append(text, '\n')) // out remembers a failure
	l.line = l.line[:0]
}

func (l *lines) blanks(n int) {
	for range n {
		l.line = append(l.line, ' ')
	}
}
