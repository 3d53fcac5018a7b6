package render

import (
	"math"
	"strconv"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Deltas remembers the counts and sizes of the round before, for a listing that is repeated. Hand the same Deltas to
// the writer of each round in Options, and call Next between rounds. It is not safe for concurrent use.
//
// A row is known again by its columns vhost and name, or, in a listing without a name, by all its columns of text.
// Rows that cannot be told apart have no changes.
type Deltas struct {
	last, now map[string][]float64
}

// NewDeltas makes Deltas that know no round yet.
func NewDeltas() *Deltas { return &Deltas{} }

// Next ends a round: what was written in it is what the next one is compared with.
func (d *Deltas) Next() { d.last, d.now = d.now, nil }

// mark remembers the row and gives the text of the change for each column, "" where there is none. Nil Deltas have
// none.
func (d *Deltas) mark(columns []record.Column, row record.Row) []string {
	if d == nil {
		return nil
	}
	key := rowKey(columns, row)
	if key == "" {
		return nil
	}
	if d.now == nil {
		d.now = map[string][]float64{}
	}
	if _, twice := d.now[key]; twice {
		d.now[key] = nil
		return nil
	}
	numbers := make([]float64, len(columns))
	changes := make([]string, len(columns))
	before := d.last[key]
	for i, c := range columns {
		numbers[i] = math.NaN()
		if c.Kind != record.Count && c.Kind != record.Bytes {
			continue
		}
		f, ok := cellAt(row, i).Number()
		if !ok {
			continue
		}
		numbers[i] = f
		// A changed set of columns is no row to compare with; NaN compares as no change.
		if len(before) != len(columns) || !(f-before[i] > 0 || f-before[i] < 0) {
			continue
		}
		changes[i] = " (" + change(c.Kind, f-before[i]) + ")"
	}
	d.now[key] = numbers
	return changes
}

func change(kind record.Kind, f float64) string {
	text := strconv.FormatFloat(f, 'f', -1, 64)
	if kind == record.Bytes {
		text = humanBytes(f)
	}
	if f > 0 {
		return "+" + text
	}
	return text
}

// rowKey tells rows apart; "" when the columns have nothing to do so.
func rowKey(columns []record.Column, row record.Row) string {
	named := false
	for _, c := range columns {
		named = named || c.Name == "name"
	}
	var key []byte
	for i, c := range columns {
		if named && (c.Name == "name" || c.Name == "vhost") || !named && c.Kind == record.Text {
			key = append(append(key, cellAt(row, i)...), 0)
		}
	}
	return string(key)
}
