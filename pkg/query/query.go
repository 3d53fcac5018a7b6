// Package query filters, sorts, limits and totals the rows of a listing while they stream by.
//
// Everything a person typed is checked by Compile, before anything is asked of a broker. A value that the broker did
// not send is unknown and never 0: it makes no comparison true, sorts last, and is left out of sums.
package query

import (
	"iter"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Spec is what a person typed. The zero Spec passes every row in the order it came.
type Spec struct {
	// Where is a filter over the table's columns: messages > 1000 && consumers == 0. Empty: none.
	Where string
	// Match and Exclude are Go regular expressions on the row's name. A row passes when any Match matches, or there is
	// none, and no Exclude does.
	Match, Exclude []string
	// GroupBy is a list of columns separated by commas: the rows that pass and have the same values there become one row
	// of those columns, count, and sum_X and max_X for each shown column X of kind Count, Bytes or Rate. Order and limit
	// are then those of the groups. Empty: no groups.
	GroupBy string
	// Sort is a list of columns separated by commas; a column with - before it sorts from high to low. Empty: the
	// order of the broker.
	Sort string
	// Limit is how many rows are yielded at most; 0 means all.
	Limit int
	// Totals asks for sums over the rows that are yielded. Groups have none: a sum of their largest values means nothing.
	Totals bool
}

// Query is a checked Spec. It can be run again, but not at the same time.
type Query struct {
	columns []record.Column
	// shown are the columns of the rows that are yielded.
	shown []record.Column

	where  *filter
	match  *names
	groups *grouping
	order  []sortKey
	limit  int
	totals *adder
}

// Compile checks the spec against the table's columns. Its errors are usage errors of one line. shown are the columns
// that rows are cut to, or that groups are made of.
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

// ofGroups ends Compile for a query whose rows are groups: they, and not the source's rows, are put in order.
func (q *Query) ofGroups(spec Spec, p *picker) (*Query, error) {
	if spec.Totals {
		return nil, fail.Usagef("--totals and --group-by exclude each other").Next("groups have sums of their own: leave out --totals")
	}
	q.columns, q.shown = p.columns, q.groups.columns
	var err error
	q.order, err = parseSort(spec.Sort, &picker{table: record.Table{Noun: "groups", Columns: q.shown}, columns: q.shown})
	return q, err
}

// Shown are the columns of the rows that Rows yields.
func (q *Query) Shown() []record.Column { return q.shown }

// Grouped tells whether the rows that are yielded are groups of the source's.
func (q *Query) Grouped() bool { return q.groups != nil }

// Columns are what Rows expects its rows to have, in this order: the shown columns and behind them those that only the
// filter, --match or the order need. For groups they are those that the groups are made of, and no others.
func (q *Query) Columns() []record.Column { return q.columns }

// Rows yields the rows that pass, in order, up to the limit, each cut to the shown columns. It keeps rows beyond their
// turn only for sorting, and then no more than the limit. Without an order it stops reading the source at the limit.
// With groups it keeps the groups, and no rows.
//
// An error of the source ends the rows and is yielded last; rows that were read before it are yielded first, sorted
// too.
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

func (q *Query) streamed(source iter.Seq2[record.Row, error], pass func(record.Row) bool, yield func(record.Row, error) bool) {
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

func (q *Query) sorted(source iter.Seq2[record.Row, error], pass func(record.Row) bool, yield func(record.Row, error) bool) {
	top := newTop(q.order, q.limit)
	var failed error
	for row, err := range source {
		if err != nil {
			failed = err
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
	if failed != nil {
		yield(nil, failed)
	}
}

// test is the filter of one run: it keeps what it can use again from row to row.
func (q *Query) test() func(record.Row) bool {
	judge := q.Judge()
	return func(row record.Row) bool {
		pass, _ := judge(row)
		return pass
	}
}

// Judge is the filter for one run over rows of Columns. Where known is false the row does not pass, but it might if the
// broker had sent what the filter reads.
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

// Totals are the sums over the rows yielded so far in the latest run. It is the zero Totals unless the spec asked.
func (q *Query) Totals() Totals {
	if q.totals == nil {
		return Totals{}
	}
	return q.totals.totals()
}
