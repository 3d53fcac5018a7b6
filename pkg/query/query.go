// Package query filters, groups, sorts, limits and totals the rows of a listing while they are streamed.
//
// Compile checks everything that a person typed, before any request to a broker. A value that the broker did not send
// is unknown, never 0: no comparison with it is true, it sorts last, and sums leave it out.
package query

import (
	"iter"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Spec is what a person typed. The zero Spec passes every row in the order of the broker.
type Spec struct {
	// Where is a filter over the table's columns: messages > 1000 && consumers == 0. "" means no filter.
	Where string
	// Match and Exclude are Go regular expressions for the row's name. A row passes if its name matches no Exclude and,
	// where there is a Match, at least one Match.
	Match, Exclude []string
	// GroupBy is a list of columns separated by commas. Rows that pass the filter and have the same values in these
	// columns become one row: these columns, count, and sum_X and max_X for each shown column X of kind Count, Bytes, Rate
	// or ByteRate. Sort and Limit then apply to the groups. "" means no groups.
	GroupBy string
	// Sort is a list of columns separated by commas; a column with - before it sorts from high to low. "" means the order
	// of the broker.
	Sort string
	// Limit is the largest number of rows to yield; 0 means all.
	Limit int
	// Totals asks for sums over the yielded rows. It excludes GroupBy: a sum of the groups' largest values means
	// nothing.
	Totals bool
}

// Query is a checked Spec. It can run several times, but not at the same time.
type Query struct {
	columns []record.Column
	// shown are the columns of the yielded rows.
	shown []record.Column

	where  *filter
	match  *names
	groups *grouping
	order  []sortKey
	limit  int
	totals *adder
}

// Compile checks the spec against the table's columns. Its errors have kind Usage and one line. Without spec.GroupBy,
// shown are the columns of the yielded rows. With spec.GroupBy, each group has sum_X and max_X for each column X in
// shown that is a count, a size or a rate.
func Compile(spec Spec, table record.Table, shown []record.Column) (*Query, error) {
	if spec.Limit < 0 {
		return nil, fail.Usagef("--limit %d: a limit cannot be negative", spec.Limit)
	}
	p := &picker{table: table}
	if spec.GroupBy == "" {
		p.columns = append(p.columns, shown...)
	}
	q := &Query{shown: shown, limit: spec.Limit}
	var err error
	if q.where, err = compileFilter(spec.Where, p); err != nil {
		return nil, err
	}
	if q.match, err = compileNames(spec.Match, spec.Exclude, p); err != nil {
		return nil, err
	}
	if q.groups, err = compileGroups(spec.GroupBy, p, shown); err != nil {
		return nil, err
	}
	if q.groups != nil {
		return q.ofGroups(spec, p)
	}
	if q.order, err = parseSort(spec.Sort, p); err != nil {
		return nil, err
	}
	if spec.Totals {
		q.totals = newAdder(shown)
	}
	q.columns = p.columns
	return q, nil
}

// ofGroups does the last steps of Compile for a query with groups: it sorts by columns of the groups, not of the
// source's rows.
func (q *Query) ofGroups(spec Spec, p *picker) (*Query, error) {
	if spec.Totals {
		return nil, fail.Usagef("--totals and --group-by exclude each other").
			Next("groups have sums of their own: leave out --totals")
	}
	q.columns, q.shown = p.columns, q.groups.columns
	var err error
	q.order, err = parseSort(spec.Sort, &picker{table: record.Table{Noun: "groups", Columns: q.shown}, columns: q.shown})
	return q, err
}

// Shown returns the columns of the rows that Rows yields.
func (q *Query) Shown() []record.Column { return q.shown }

// Grouped reports whether the yielded rows are groups of the source's rows.
func (q *Query) Grouped() bool { return q.groups != nil }

// Named tells whether --match and --exclude let a name pass. A source that reads its objects by name can skip the
// others.
func (q *Query) Named(name string) bool { return q.match == nil || q.match.passes(name) }

// Filtered reports whether --where, --match or --exclude choose rows.
func (q *Query) Filtered() bool { return q.where != nil || q.match != nil }

// Columns returns the columns that the rows of the source must have, in this order: the shown columns, then those that
// only the filter, --match or the order read. With groups it returns only the columns that the groups, the filter and
// --match read.
func (q *Query) Columns() []record.Column { return q.columns }

// Rows yields the rows that pass, in order, up to the limit, each cut to the shown columns. It keeps rows in memory
// only to sort them, and never more than the limit. Without an order it stops reading the source at the limit. With
// groups it reads the whole source and keeps the groups, and no rows.
//
// If the source ends with an error, the rows before it are yielded first, sorted, and the error last.
func (q *Query) Rows(source iter.Seq2[record.Row, error]) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		if q.totals != nil {
			q.totals.reset()
			inner := yield
			yield = func(row record.Row, err error) bool {
				if err == nil {
					q.totals.add(row)
				}
				return inner(row, err)
			}
		}
		pass := q.test()
		if q.groups != nil {
			source, pass = q.grouped(source), func(record.Row) bool { return true }
		}
		if len(q.order) > 0 {
			q.sorted(source, pass, yield)
			return
		}
		q.streamed(source, pass, yield)
	}
}

func (q *Query) streamed(source iter.Seq2[record.Row, error], pass func(record.Row) bool,
	yield func(record.Row, error) bool) {
	passed := 0
	for row, err := range source {
		if err != nil {
			yield(nil, err)
			return
		}
		if !pass(row) {
			continue
		}
		passed++
		if !yield(q.cut(row), nil) || passed == q.limit {
			return
		}
	}
}

func (q *Query) sorted(source iter.Seq2[record.Row, error], pass func(record.Row) bool,
	yield func(record.Row, error) bool) {
	top := newTop(q.order, q.limit)
	var failedErr error
	for row, err := range source {
		if err != nil {
			failedErr = err
			break
		}
		if pass(row) {
			top.add(row, q.cut(row))
		}
	}
	for _, row := range top.rows() {
		if !yield(row, nil) {
			return
		}
	}
	if failedErr != nil {
		yield(nil, failedErr)
	}
}

// test returns the filter for one run. It reuses memory from row to row.
func (q *Query) test() func(record.Row) bool {
	judge := q.Judge()
	return func(row record.Row) bool {
		pass, _ := judge(row)
		return pass
	}
}

// Judge returns the filter for one run over rows with the columns of Columns. If known is false, the row does not pass,
// but it might pass if the broker had sent the values that the filter reads.
func (q *Query) Judge() func(row record.Row) (pass, known bool) {
	where := q.where.run()
	return func(row record.Row) (bool, bool) {
		if !q.match.pass(row) {
			return false, true
		}
		return where(row)
	}
}

func (q *Query) cut(row record.Row) record.Row {
	n := min(len(q.shown), len(row))
	return row[:n:n]
}

// Totals returns the sums over the rows yielded so far in the latest run. If the spec did not ask for totals, it
// returns the zero Totals.
func (q *Query) Totals() Totals {
	if q.totals == nil {
		return Totals{}
	}
	return q.totals.totals()
}
