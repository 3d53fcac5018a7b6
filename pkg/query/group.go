package query

import (
	"iter"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// grouping describes how rows become groups: all rows with the same values in the key columns become one row. A nil
// grouping means that the query has no groups.
type grouping struct {
	// keys are the indexes of the key columns in a row of the source.
	keys []int
	// figures are the indexes of the columns whose sum and largest value are computed.
	figures []int
	// columns are the columns of the row of a group: its keys, count, and sum_X and max_X for each figure X.
	columns []record.Column
}

// compileGroups reads a list of key columns. It adds these columns to p, and also those columns of shown that can be
// summed.
func compileGroups(source string, p *picker, shown []record.Column) (*grouping, error) {
	if source == "" {
		return nil, nil
	}
	g := &grouping{}
	var named []string
	for _, word := range strings.Split(source, ",") {
		name := strings.TrimSpace(word)
		c, ok := p.table.Find(name)
		switch {
		case name == "":
			return nil, fail.Usagef("--group-by %q: a column's name is missing", source)
		case !ok:
			return nil, fail.Usagef("--group-by: %s have no column %q%s", p.table.Noun, name,
				fail.DidYouMean(name, p.table.Names())).
				Advise(p.table.Hint(name))
		case c.Missing != "":
			return nil, fail.Usagef("--group-by: column %q is always empty here: %s", name, c.Missing)
		case slices.Contains(named, name):
			continue
		}
		named = append(named, name)
		g.keys = append(g.keys, p.place(c))
		g.columns = append(g.columns, c)
	}
	g.columns = append(g.columns, record.Column{Name: "count", Kind: record.Count, Help: "how many " + p.table.Noun})
	for _, c := range shown {
		if !canSum(c) || slices.Contains(named, c.Name) {
			continue
		}
		g.figures = append(g.figures, p.place(c))
		g.columns = append(g.columns,
			record.Column{Name: "sum_" + c.Name, Kind: c.Kind, Help: "sum of " + c.Name},
			record.Column{Name: "max_" + c.Name, Kind: c.Kind, Help: "largest " + c.Name})
	}
	return g, nil
}

// groups holds the groups of the rows read so far in one run.
type groups struct {
	*grouping
	byKey map[string]*group
	order []*group
}

// group is one group. A sum or a largest value stays absent if no row of the group had a known value.
type group struct {
	keys    record.Row
	figures *adder
	largest record.Row
}

func (g *grouping) run() *groups { return &groups{grouping: g, byKey: map[string]*group{}} }

func (g *groups) add(row record.Row) {
	var key []byte
	for _, k := range g.keys {
		// Absent and null are both unknown, so both belong to the same group. JSON contains no zero byte, so a 0 can separate
		// the values.
		if v := at(row, k); v.Known() {
			key = append(key, v...)
		}
		key = append(key, 0)
	}
	found := g.byKey[string(key)]
	if found == nil {
		found = &group{figures: newAdderOf(len(g.figures)), largest: make(record.Row, len(g.figures))}
		for _, k := range g.keys {
			found.keys = append(found.keys, at(row, k))
		}
		g.byKey[string(key)] = found
		g.order = append(g.order, found)
	}
	figures := make(record.Row, len(g.figures))
	for i, place := range g.figures {
		figures[i] = at(row, place)
		f, ok := figures[i].Number()
		if most, known := found.largest[i].Number(); ok && (!known || f > most) {
			found.largest[i] = figures[i]
		}
	}
	found.figures.add(figures)
}

// rows yields one row for each group, in the order in which the groups first appeared.
func (g *groups) rows() iter.Seq[record.Row] {
	return func(yield func(record.Row) bool) {
		for _, found := range g.order {
			totals := found.figures.totals()
			row := append(slices.Clone(found.keys), record.Of(totals.Rows))
			for i, sum := range totals.Cells {
				row = append(row, sum, found.largest[i])
			}
			if !yield(row) {
				return
			}
		}
	}
}

// grouped reads the whole source, and then yields one row for each group. An error of the source comes last.
func (q *Query) grouped(source iter.Seq2[record.Row, error]) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		groups, pass := q.groups.run(), q.test()
		var failedErr error
		for row, err := range source {
			if err != nil {
				failedErr = err
				break
			}
			if pass(row) {
				groups.add(row)
			}
		}
		for row := range groups.rows() {
			if !yield(row, nil) {
				return
			}
		}
		if failedErr != nil {
			yield(nil, failedErr)
		}
	}
}
