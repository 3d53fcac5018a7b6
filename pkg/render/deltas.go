package render

import (
	"math"
	"strconv"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Deltas remembers the counts and sizes of the round before, for a listing that is repeated. Hand the same Deltas to
// the writer of each round in Options, call Begin before a round and Next after it. It is not safe for concurrent use.
//
// A row is recognised by its columns context, vhost and name, or, in a listing without a name, by its columns of text.
// Rows that cannot be told apart have no changes.
type Deltas struct {
	last, now map[string][]float64
	// lastAt and nowAt are when the rounds began; zero: Begin was not called.
	lastAt, nowAt time.Time
}

// NewDeltas makes Deltas that know no round yet.
func NewDeltas() *Deltas { return &Deltas{} }

// Begin says when a round begins, so that changes are shown per second too.
func (d *Deltas) Begin(at time.Time) { d.nowAt = at }

// Next ends a round. The next round is compared with what was written in this one.
func (d *Deltas) Next() {
	d.last, d.now = d.now, nil
	d.lastAt, d.nowAt = d.nowAt, time.Time{}
}

// seconds is the time from the beginning of the round before to that of this round; 0 where it is not known.
func (d *Deltas) seconds() float64 {
	if d.lastAt.IsZero() || d.nowAt.IsZero() {
		return 0
	}
	return d.nowAt.Sub(d.lastAt).Seconds()
}

// mark remembers the row and returns for each column the text of its change, "" where there is no change. Nil Deltas
// return nil.
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
		if c.Kind != record.Count && c.Kind != record.Ordinal && c.Kind != record.Bytes {
			continue
		}
		f, ok := cellAt(row, i).Number()
		if !ok {
			continue
		}
		numbers[i] = f
		// A round with other columns cannot be compared with; NaN counts as unchanged.
		if len(before) != len(columns) || !(f-before[i] > 0 || f-before[i] < 0) {
			continue
		}
		changes[i] = " (" + change(c.Kind, f-before[i]) + perSecond(c.Kind, f-before[i], d.seconds()) + ")"
	}
	d.now[key] = numbers
	return changes
}

func change(kind record.Kind, f float64) string {
	text := strconv.FormatFloat(f, 'f', -1, 64)
	if kind == record.Bytes {
		text = prose.Bytes(f)
	}
	if f > 0 {
		return "+" + text
	}
	return text
}

// perSecond is the change per second, "" where the time is not known.
func perSecond(kind record.Kind, f, seconds float64) string {
	if seconds <= 0 {
		return ""
	}
	text := prose.Rounded(f / seconds)
	if kind == record.Bytes {
		text = prose.Bytes(f / seconds)
	}
	return ", " + text + "/s"
}

// rowKey identifies a row; "" if no column can.
func rowKey(columns []record.Column, row record.Row) string {
	named := false
	for _, c := range columns {
		named = named || c.Name == "name"
	}
	var key []byte
	for i, c := range columns {
		if named && (c.Name == "name" || c.Name == "vhost" || c.Name == "context") || !named && c.Kind == record.Text {
			key = append(append(key, cellAt(row, i)...), 0)
		}
	}
	return string(key)
}
