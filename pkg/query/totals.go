package query

import (
	"math"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Totals are sums over the rows of a listing.
type Totals struct {
	// Cells holds a sum for each shown column of kind Count, Bytes, Rate or ByteRate. The cell is absent for other
	// columns, and if no row had a known value.
	Cells record.Row
	// Rows is the number of rows that were counted.
	Rows int
	// Unknown holds, for each shown column, the number of rows without a known number; 0 for a column that has no sum.
	Unknown []int
}

// adder sums columns. It adds whole numbers as integers while they fit, so that large sums stay exact.
type adder struct {
	canSum []bool
	whole  []int64
	parts  []float64
	known  []int
	rows   int
}

func newAdder(shown []record.Column) *adder {
	a := &adder{canSum: make([]bool, len(shown))}
	for i, c := range shown {
		a.canSum[i] = canSum(c)
	}
	a.reset()
	return a
}

func newAdderOf(columns int) *adder {
	a := &adder{canSum: slices.Repeat([]bool{true}, columns)}
	a.reset()
	return a
}

func canSum(c record.Column) bool {
	return c.Kind == record.Count || c.Kind == record.Bytes || c.Kind == record.Rate || c.Kind == record.ByteRate
}

func (a *adder) reset() {
	a.whole, a.parts, a.known = make([]int64, len(a.canSum)), make([]float64, len(a.canSum)), make([]int, len(a.canSum))
	a.rows = 0
}

func (a *adder) add(row record.Row) {
	a.rows++
	for i, canSum := range a.canSum {
		if !canSum {
			continue
		}
		f, ok := at(row, i).Number()
		if !ok {
			continue
		}
		a.known[i]++
		n := int64(0)
		if f == math.Trunc(f) && math.Abs(f) < 1<<62 {
			n, _ = at(row, i).Int()
			if sum := a.whole[i] + n; (sum > a.whole[i]) == (n > 0) {
				a.whole[i] = sum
				continue
			}
		}
		a.parts[i] += f
	}
}

func (a *adder) totals() Totals {
	t := Totals{Cells: make(record.Row, len(a.canSum)), Rows: a.rows, Unknown: make([]int, len(a.canSum))}
	for i, canSum := range a.canSum {
		if !canSum {
			continue
		}
		t.Unknown[i] = a.rows - a.known[i]
		switch {
		case a.known[i] == 0:
		case a.parts[i] == 0:
			t.Cells[i] = record.Of(a.whole[i])
		default:
			t.Cells[i] = record.Of(float64(a.whole[i]) + a.parts[i])
		}
	}
	return t
}
