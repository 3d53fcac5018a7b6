package render

import (
	"math"
	"strconv"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Deltas remembers the counts and sizes of the previous round, for a listing that is repeated. Pass the same Deltas in
// Options to the writer of each round, and call Begin before a round and Next after it. It is not safe for concurrent
// use.
//
// A row is recognised by its columns context, vhost and name or, in a listing without a name, by its columns of text.
// If two rows of a round have the same values in these columns, no changes are shown for them.
type Deltas struct {
	last, now map[string][]float64
	// lastAt and nowAt are when the previous round and this round began; zero means that Begin was not called.
	lastAt, nowAt time.Time
}

// NewDeltas makes Deltas for the first round, which has no previous round to compare with.
func NewDeltas() *Deltas { return &Deltas{} }

// Begin sets the time at which a round begins, so that changes are also shown per second.
func (d *Deltas) Begin(at time.Time) { d.nowAt = at }

// Next ends a round. The next round is compared with what was written in the round that ends.
func (d *Deltas) Next() {
	d.last, d.now = d.now, nil
	d.lastAt, d.nowAt = d.nowAt, time.Time{}
}

// seconds returns the time from the beginning of the previous round to the beginning of this round, or 0 if it is not
// known.
func (d *Deltas) seconds() float64 {
	if d.lastAt.IsZero() || d.nowAt.IsZero() {
		return 0
	}
	return d.nowAt.Sub(d.lastAt).Seconds()
}

// mark remembers the row. It returns the text of the change for each column, "" for no change. Nil Deltas return nil.
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
		// The row of a round with other columns cannot be compared with this one. NaN counts as unchanged.
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

// perSecond returns the text of the change per second, or "" if the time is not known.
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

// rowKey returns a text that identifies a row, or "" if no column identifies it.
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
