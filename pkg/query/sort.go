package query

import (
	"container/heap"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// sortKey is one column that rows are sorted by.
type sortKey struct {
	place      int
	descending bool
	// numeric means that a value that is not a number counts as unknown. If numeric is false, the type of each value
	// decides.
	numeric bool
	// loose means that the column can hold numbers and text, and that its numbers are compared as numbers.
	loose bool
}

// parseSort reads a list of columns; - before a column means descending. It adds the columns to p.
func parseSort(source string, p *picker) ([]sortKey, error) {
	if strings.TrimSpace(source) == "" {
		return nil, nil
	}
	var keys []sortKey
	for _, word := range strings.Split(source, ",") {
		name, descending := strings.CutPrefix(strings.TrimSpace(word), "-")
		if name == "" {
			return nil, fail.Usagef("--sort %q: a column's name is missing", source)
		}
		c, ok := p.table.Find(name)
		if !ok {
			return nil, fail.Usagef("--sort: %s have no column %q%s", p.table.Noun, name,
				fail.DidYouMean(name, p.table.Names())).
				Advise(p.table.Hint(name))
		}
		if c.Missing != "" {
			return nil, fail.Usagef("--sort: column %q is always empty here: %s", name, c.Missing)
		}
		keys = append(keys, sortKey{place: p.place(c), descending: descending, numeric: c.Kind.Number(),
			loose: isOpenMember(c, p.table)})
	}
	return keys, nil
}

// sortValue is a cell in a form that can be compared many times without parsing it again.
type sortValue struct {
	rank   rank
	number float64
	text   string
}

// rank orders numbers before text in a column that has both, and unknown values last.
type rank int

const (
	isNumber rank = iota
	isText
	isUnknown
)

func (k sortKey) value(row record.Row) sortValue {
	v := at(row, k.place)
	if !v.Known() {
		return sortValue{rank: isUnknown}
	}
	if k.numeric || k.loose {
		if f, ok := v.Number(); ok {
			return sortValue{number: f}
		}
		if k.numeric {
			return sortValue{rank: isUnknown}
		}
	}
	return sortValue{rank: isText, text: v.Text()}
}

func (k sortKey) compare(a, b sortValue) int {
	if a.rank == isUnknown || b.rank == isUnknown {
		return int(a.rank) - int(b.rank)
	}
	c := int(a.rank) - int(b.rank)
	switch {
	case c != 0:
	case a.rank == isNumber:
		c = compare(a.number, b.number)
	default:
		c = natural(a.text, b.text)
	}
	if k.descending {
		return -c
	}
	return c
}

// top keeps the rows that come first in an order. Without a limit it keeps all rows. With a limit it keeps that many,
// in a heap with the last of them on top.
type top struct {
	keys  []sortKey
	limit int
	kept  []sortedRow
	seen  int
}

type sortedRow struct {
	values []sortValue
	row    record.Row
	// nth is the row's position in the source, which decides between equal rows.
	nth int
}

func newTop(keys []sortKey, limit int) *top { return &top{keys: keys, limit: limit} }

// add keeps the row if it belongs to the first rows. The whole row decides its place in the order, but only its cells
// in shown are stored.
func (t *top) add(row, shown record.Row) {
	t.seen++
	full := t.limit > 0 && len(t.kept) == t.limit
	if full && t.behind(row) {
		return
	}
	values := make([]sortValue, len(t.keys))
	for i, k := range t.keys {
		values[i] = k.value(row)
	}
	s := sortedRow{values, shown, t.seen}
	switch {
	case full:
		t.kept[0] = s
		heap.Fix(t, 0)
	case t.limit > 0:
		heap.Push(t, s)
	default:
		t.kept = append(t.kept, s)
	}
}

// behind reports whether the row comes after every kept row. A row that is equal to the last kept row also comes after
// it, because it was read later.
func (t *top) behind(row record.Row) bool {
	for i, k := range t.keys {
		if c := k.compare(k.value(row), t.kept[0].values[i]); c != 0 {
			return c > 0
		}
	}
	return true
}

// rows returns the kept rows in order. Nothing can be added afterwards.
func (t *top) rows() []record.Row {
	slices.SortFunc(t.kept, t.compare)
	rows := make([]record.Row, len(t.kept))
	for i, s := range t.kept {
		rows[i] = s.row
	}
	t.kept = nil
	return rows
}

func (t *top) compare(a, b sortedRow) int {
	for i, k := range t.keys {
		if c := k.compare(a.values[i], b.values[i]); c != 0 {
			return c
		}
	}
	return a.nth - b.nth
}

// These methods implement heap.Interface.

func (t *top) Len() int           { return len(t.kept) }
func (t *top) Less(i, j int) bool { return t.compare(t.kept[i], t.kept[j]) > 0 }
func (t *top) Swap(i, j int)      { t.kept[i], t.kept[j] = t.kept[j], t.kept[i] }
func (t *top) Push(x any)         { t.kept = append(t.kept, x.(sortedRow)) }
func (t *top) Pop() any {
	last := t.kept[len(t.kept)-1]
	t.kept = t.kept[:len(t.kept)-1]
	return last
}
