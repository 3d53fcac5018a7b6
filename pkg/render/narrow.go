package render

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// titles are the names of a table's columns. They take one line, or several if the screen is too narrow: names such as
// messages_unacknowledged are wider than the values below them.
type titles struct {
	// All lines have the same number of cells, one for each column. A name that takes fewer lines than others has its
	// parts in the last lines. If lines is empty, there is no heading.
	lines [][]string
	// widths are the widths of the names as they are broken now.
	widths []int
}

func newTitles(names []string) titles {
	h := titles{lines: [][]string{names}, widths: make([]int, len(names))}
	measure(h.widths, names, nil)
	return h
}

// narrow breaks names after their underscores, dots and @, until the table fits the screen or no name can be broken
// further. It begins with the names that become narrower by the most. body are the widths of the cells below the names.
func (h *titles) narrow(body []int, screen int) {
	names := h.lines[0]
	least := make([]int, len(names))
	order := make([]int, len(names))
	total := gap * (len(names) - 1)
	for i, n := range names {
		order[i] = i
		for _, piece := range pieces(n) {
			least[i] = max(least[i], width(piece))
		}
		least[i] = min(h.widths[i], max(least[i], body[i]))
		total += max(h.widths[i], body[i])
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(h.widths[b]-least[b], h.widths[a]-least[a]) })
	for _, i := range order {
		if total <= screen || least[i] == h.widths[i] {
			break
		}
		total -= max(h.widths[i], body[i]) - max(least[i], body[i])
		h.widths[i] = least[i]
		h.set(i, broken(names[i], least[i]))
	}
}

// set puts a name's parts into the last lines of its column.
func (h *titles) set(column int, parts []string) {
	for len(h.lines) < len(parts) {
		h.lines = append([][]string{make([]string, len(h.widths))}, h.lines...)
	}
	for k, part := range parts {
		line := len(h.lines) - len(parts) + k
		h.lines[line] = slices.Clone(h.lines[line])
		h.lines[line][column] = part
	}
}

// pieces returns the parts into which a name may be broken: each part but the last ends with an underscore, a dot, or
// the @ of a node's name.
func pieces(name string) []string {
	var all []string
	for start, i := 0, 0; i < len(name); i++ {
		if i+1 == len(name) || strings.IndexByte("_.@", name[i]) >= 0 {
			all = append(all, name[start:i+1])
			start = i + 1
		}
	}
	return all
}

// broken joins the pieces of a name to as few parts as possible. No part is wider than room, except a single piece that
// is wider.
func broken(name string, room int) []string {
	var parts []string
	for _, piece := range pieces(name) {
		if n := len(parts); n > 0 && width(parts[n-1])+width(piece) <= room {
			parts[n-1] += piece
			continue
		}
		parts = append(parts, piece)
	}
	return parts
}

// enough is the width of a name that should be visible. Longer names are cut to this width before other columns make
// room.
const enough = 40

// wanted returns the widths that the columns should have. A column with numbers gets the width of its widest cell. So
// does a last column with texts, because they may be sentences. Any other column gets at most the constant enough.
func wanted(columns []record.Column, body []int) []int {
	widths := slices.Clone(body)
	for i, c := range columns {
		if !c.Kind.Number() && (i+1 < len(columns) || c.Kind != record.Text) {
			widths[i] = min(widths[i], enough)
		}
	}
	return widths
}

// sentence is the largest width of a text that counts as a name. A wider text counts as a sentence.
const sentence = 20

// folds tells whether the last column goes below its row: it does if it is a sentence and the table is wider than the
// screen. A sentence cut to the remaining room would say nothing.
func folds(columns []record.Column, body, heads []int, screen int) bool {
	last := len(columns) - 1
	if last < 1 || columns[last].Kind != record.Text || body[last] <= sentence {
		return false
	}
	widths := wanted(columns, body)
	for i, n := range heads {
		widths[i] = max(widths[i], n)
	}
	return total(widths) > screen
}

func total(widths []int) int {
	sum := gap * (len(widths) - 1)
	for _, n := range widths {
		sum += n
	}
	return sum
}

// indent is put before a text that goes below its row.
const indent = "    "

// folded returns the lines of a text that goes below its row, and no lines for an empty text or "-". It does not break
// words.
func folded(text string, screen int) []string {
	if text == "" || text == "-" {
		return nil
	}
	var lines []string
	for _, word := range strings.Split(text, " ") {
		if n := len(lines); n > 0 && width(lines[n-1])+1+width(word) <= screen {
			lines[n-1] += " " + word
			continue
		}
		lines = append(lines, indent+word)
	}
	return lines
}
