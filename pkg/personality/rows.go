package personality

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// ordered returns the rows of the question. The function q.rows reads them; if it is nil, the noun does. If the listing
// has an official order, the rows are in that order.
func ordered(ctx context.Context, client *broker.Client, q *question) iter.Seq2[record.Row, error] {
	ask := q.ask
	ask.AsSent = true
	rows := q.noun.Rows(ctx, client, ask, q.columns)
	if q.rows != nil {
		rows = q.rows(ctx, client)
	}
	at := slices.IndexFunc(q.columns, func(c record.Column) bool { return c.Name == q.order })
	if at < 0 {
		return rows
	}
	return func(yield func(record.Row, error) bool) {
		var all []record.Row
		for row, err := range rows {
			if err != nil {
				yield(nil, err)
				return
			}
			all = append(all, row)
		}
		slices.SortStableFunc(all, func(a, b record.Row) int {
			x, isNumber := a[at].Int()
			y, _ := b[at].Int()
			if isNumber {
				return cmp.Compare(x, y)
			}
			return cmp.Compare(a[at].Text(), b[at].Text())
		})
		for _, row := range all {
			if !yield(row, nil) {
				return
			}
		}
	}
}

// heldRow is a row as terms, with the values from which the terms were made.
type heldRow struct {
	values record.Row
	cells  []erlang.Term
	// young are the indexes of the cells whose counts are missing.
	young []int
	// left means that the official tool would not list the row.
	left bool
}

// row makes terms from the values of a row of the noun.
func (r *run) row(q *question, values record.Row) heldRow {
	cell := func(name string) record.Value {
		if i := q.at(name); i >= 0 {
			return values[i]
		}
		return nil
	}
	stopped := q.stopped(values)
	h := heldRow{values: values, cells: make([]erlang.Term, len(q.shown))}
	if q.keep != nil && !q.keep(cell) {
		h.left = true
		return h
	}
	for i, name := range q.shown {
		h.cells[i] = q.shapes[name].term(values[i])
		if q.change != nil {
			h.cells[i] = q.change(name, cell, h.cells[i])
		}
		switch {
		case q.shapes[name] != asCount || values[i].Known():
		case stopped:
			h.cells[i] = nothing
		default:
			h.young = append(h.young, i)
		}
	}
	return h
}

// terms returns the rows as terms, without the rows that the official tool would not list. A missing count has one of
// two reasons. Either the statistics do not have the count yet: the tools then print 0. Or the count is unknown,
// because a node does not answer. Only the end of the rows shows which reason it is. So from the first missing count
// on, all rows are held back until the end. If a row lacks other figures, all rows from that row on are also held back,
// and the listing is read again.
func (r *run) terms(ctx context.Context, client *broker.Client, q *question) iter.Seq2[[]erlang.Term, error] {
	return func(yield func([]erlang.Term, error) bool) {
		var waiting []heldRow
		untold := false
		release := func(end error) bool {
			for _, w := range waiting {
				for _, i := range w.young {
					if end != nil {
						w.cells[i] = nothing
					}
				}
				if !w.left && !yield(w.cells, nil) {
					return false
				}
			}
			return end == nil || yield(nil, end)
		}
		for values, err := range ordered(ctx, client, q) {
			if err != nil {
				release(err)
				return
			}
			one := r.row(q, values)
			if one.left {
				continue
			}
			untold = untold || q.untold(values)
			if len(waiting) > 0 || len(one.young) > 0 || untold {
				waiting = append(waiting, one)
			} else if !yield(one.cells, nil) {
				return
			}
		}
		var err error
		if untold {
			waiting, err = r.catchUp(ctx, client, q, waiting)
		}
		release(err)
	}
}
