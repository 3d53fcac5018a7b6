package render

import (
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// fit says how a table fits the screen. It is decided once, from the first rows.
type fit struct {
	// screen is the width of the screen; 0 means that there is no screen, and everything is shown whole.
	screen int
	// kept are the indexes of the columns that are shown side by side, in their order.
	kept []int
	// folds means that the last column is not in kept, and that its text goes below its row.
	folds bool
	// above are the columns of names that go on a separate line above the row, because there is no room for them beside
	// the other columns.
	above []int
	// keys tells for each column whether it helps to identify a row.
	keys []bool
	// head is the heading of the kept columns.
	head titles
}

// project picks the values of the kept columns.
func project[T any](f fit, all []T) []T {
	some := make([]T, len(f.kept))
	for i, c := range f.kept {
		some[i] = all[c]
	}
	return some
}

// identifies reports whether a column with that name helps to identify a row, in a listing or in a table of a document.
func identifies(name string) bool {
	return slices.Contains([]string{"vhost", "name", "queue", "queue_name", "stream", "node", "conn_name",
		"connection_name", "connection",
		"user_provided_name", "application", "source_name", "destination_name", "upstream", "asked"}, name)
}

// whole reports whether a part of a value would be useless, as with an address or a node's name. A column of such
// values is never cut: if there is no room for it, it is left out.
func whole(name string) bool {
	return slices.Contains([]string{"peer", "peer_host", "url", "leader", "members", "online"}, name)
}

// keysOf tells for each column whether it helps to identify a row: its name says so, and its values are neither numbers
// nor flags. If there is no such column, only the first column counts.
func keysOf(columns []record.Column) []bool {
	keys := make([]bool, len(columns))
	for i, c := range columns {
		keys[i] = !c.Kind.Number() && c.Kind != record.Flag && identifies(c.Name)
	}
	if len(keys) > 0 && !slices.Contains(keys, true) {
		keys[0] = true
	}
	return keys
}

// layOut decides what is shown. If the screen is too narrow, it takes these steps in this order: it breaks names of
// columns; it puts the cells that identify a row above the row if they take half of the screen or more; it puts a
// sentence in the last column below its row; it cuts other texts; it leaves columns out; and at last it cuts the cells
// that identify a row.
func (w *tableWriter) layOut(body []int) {
	w.keys = keysOf(w.columns)
	w.kept = make([]int, len(w.columns))
	for i := range w.kept {
		w.kept[i] = i
	}
	if w.arrange(body); w.screen == 0 {
		w.settle(body)
		return
	}
	w.raise(body)
	if last := len(w.columns) - 1; w.kept[len(w.kept)-1] == last && folds(project(w.fit, w.columns), project(w.fit, body),
		w.head.widths, w.screen) {
		w.folds = true
		w.kept = w.kept[:len(w.kept)-1]
		w.arrange(body)
	}
	var unshown []string
	for _, c := range w.spare(body) {
		if total(w.least(body, enough)) <= w.screen || len(w.kept) == 1 || w.onlyOne(c) &&
			total(w.least(body, narrowest)) <= w.screen {
			break
		}
		at := slices.Index(w.kept, c)
		if at < 0 {
			continue
		}
		w.kept = slices.Delete(w.kept, at, at+1)
		unshown = append(unshown, w.columns[c].Name)
		w.arrange(body)
	}
	w.settle(body)
	if len(unshown) > 0 && w.o.Unshown != nil {
		w.o.Unshown(unshown)
	}
}

// raise puts the cells that identify a row on a line above the row, uncut. It does so if they take half of the screen
// or more and columns would otherwise be left out. A table with Deltas keeps one line for each row.
func (w *tableWriter) raise(body []int) {
	var keys, others, names []int
	for _, c := range w.kept {
		if w.keys[c] {
			keys, names = append(keys, c), append(names, min(body[c], enough))
		} else {
			others = append(others, c)
		}
	}
	if w.o.Deltas != nil || len(keys) == 0 || len(others) == 0 || total(w.least(body, enough)) <= w.screen ||
		2*total(names) < w.screen {
		return
	}
	w.above, w.kept = keys, others
	w.screen -= len(indented)
	w.arrange(body)
}

// aboveRow returns the lines above a row, with the cells that identify it.
func (w *tableWriter) aboveRow(row []string) []string {
	if w.above == nil {
		return nil
	}
	var some []string
	for _, c := range w.above {
		if row[c] != "" {
			some = append(some, row[c])
		}
	}
	if line := strings.Join(some, strings.Repeat(" ", gap)); width(line) <= w.screen {
		return []string{line}
	}
	return some
}

// leastKey is the width down to which a name can be cut to make room for changes in its row.
const leastKey = 24

// addChanges puts the changes since the previous round into the cells: in full, or without the change per second, or
// not at all, depending on the room. It leaves no column out, because the columns must stay the same from round to
// round.
func (w *tableWriter) addChanges(body []int) {
	brief := func(change string) string {
		sum, _, timed := strings.Cut(change, ", ")
		if timed {
			sum += ")"
		}
		return sum
	}
	for _, as := range []func(string) string{strings.Clone, brief} {
		marked := slices.Clone(body)
		for i, row := range w.changes {
			for c, change := range row {
				marked[c] = max(marked[c], width(w.rows[i][c])+width(as(change)))
			}
		}
		if w.screen > 0 && total(w.least(marked, leastKey)) > w.screen {
			continue
		}
		copy(body, marked)
		for i, row := range w.changes {
			for c, change := range row {
				w.rows[i][c] += as(change)
			}
		}
		return
	}
}

// arrange makes the heading of the kept columns, which is empty if no header is to be written.
func (w *tableWriter) arrange(body []int) {
	w.head = titles{widths: make([]int, len(w.kept))}
	if w.headed {
		return
	}
	w.head = newTitles(project(w.fit, w.header))
	if w.screen > 0 && len(w.kept) > 0 {
		w.head.narrow(wanted(project(w.fit, w.columns), project(w.fit, body)), w.screen)
	}
}

// settle sets the widths that the columns need when none of them is cut.
func (w *tableWriter) settle(body []int) {
	for i, c := range w.kept {
		w.widths[c] = max(w.head.widths[i], body[c])
	}
}

// onlyOne reports whether the column is the only kept column besides names. layOut keeps such a column if it can, since
// names alone say nothing.
func (w *tableWriter) onlyOne(column int) bool {
	return !w.keys[column] && !slices.ContainsFunc(w.kept, func(c int) bool { return c != column && !w.keys[c] })
}

// least returns the widths of the kept columns if they are cut as far as is allowed: columns that identify a row to the
// width key, other texts to narrowest. As long as these widths do not fit the screen, layOut leaves columns out.
func (w *tableWriter) least(body []int, key int) []int {
	widths := make([]int, len(w.kept))
	for i, c := range w.kept {
		n := body[c]
		switch kind := w.columns[c].Kind; {
		case w.keys[c]:
			n = min(n, key)
		case whole(w.columns[c].Name):
		case !kind.Number() && kind != record.Flag:
			n = min(n, narrowest)
		}
		widths[i] = max(w.head.widths[i], n)
	}
	return widths
}

// spare returns the columns that may be left out, in this order: those whose value is unknown in every row, those with
// a rank in Column.Spare, and then the others that do not help to identify a row, from right to left.
func (w *tableWriter) spare(body []int) []int {
	var silent, ranked, rest []int
	for i := len(w.columns) - 1; i >= 0; i-- {
		switch {
		case body[i] <= 1 && w.silent(i):
			silent = append(silent, i)
		case w.keys[i]:
		case w.columns[i].Spare > 0:
			ranked = append(ranked, i)
		default:
			rest = append(rest, i)
		}
	}
	slices.SortStableFunc(ranked, func(a, b int) int { return w.columns[a].Spare - w.columns[b].Spare })
	return slices.Concat(silent, ranked, rest)
}

// silent reports whether the column is unknown in every row, and there are rows.
func (w *tableWriter) silent(column int) bool {
	return len(w.rows) > 0 && !slices.ContainsFunc(w.rows, func(row []string) bool {
		return row[column] != "-" && row[column] != ""
	})
}

// narrowest is the smallest width to which a text is cut.
const narrowest = 12

// squeeze makes columns of text narrower until a line fits the screen, or until each has the narrowest width or the
// width of its heading. Columns that do not identify a row come first, and among these the widest. Columns of numbers
// and flags stay whole: a cut number is another number.
func squeeze(widths []int, columns []record.Column, keys []bool, heads []int, screen int) {
	for _, key := range []bool{false, true} {
		var some []int
		for i, c := range columns {
			if keys[i] == key && !c.Kind.Number() && c.Kind != record.Flag && !whole(c.Name) {
				some = append(some, i)
			}
		}
		shrink(widths, some, heads, total(widths)-screen)
	}
}

// shrink reduces the widths of some columns by excess in total, the widest column first.
func shrink(widths, some, heads []int, excess int) {
	for excess > 0 {
		widest, second := -1, 0
		for _, i := range some {
			switch {
			case widths[i] <= max(narrowest, heads[i]):
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
		floor := max(narrowest, heads[widest], second-1)
		cut := min(excess, widths[widest]-floor)
		widths[widest] -= cut
		excess -= cut
	}
}
