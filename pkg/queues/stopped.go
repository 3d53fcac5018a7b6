package queues

import (
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// stopped is the state of a classic queue whose virtual host does not run on its node. It is unknown what such a queue
// holds: the statistics say 0, and the listing of totals calls its type rabbit_classic_queue (measured on 3.10 and
// 4.3).
const stopped = `"stopped"`

// asTheyAre corrects the rows of stopped queues. If the columns include the state, the counts of a stopped queue become
// unknown. The type rabbit_classic_queue becomes classic in any case. Rows without these columns stay as they are.
func asTheyAre(columns []record.Column, all rows) rows {
	kind, state := -1, -1
	var counts []int
	for i, c := range columns {
		switch path := c.Path(); {
		case c.Const != nil || c.Missing != "":
		case path == "type":
			kind = i
		case path == "state":
			state = i
		case isCount(path) || path == "consumers":
			counts = append(counts, i)
		}
	}
	if kind < 0 && (state < 0 || len(counts) == 0) {
		return all
	}
	return func(yield func(record.Row, error) bool) {
		for row, err := range all {
			if err == nil && kind >= 0 && string(row[kind]) == `"rabbit_classic_queue"` {
				row[kind] = record.Of("classic")
			}
			if err == nil && state >= 0 && string(row[state]) == stopped {
				for _, i := range counts {
					row[i] = nil
				}
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// withStateBeside returns the columns. If they include counts but not the state, it appends the state, since the counts
// of a stopped queue are wrong. Every way to list queues reports that a queue is stopped (measured on 3.10 and 4.3), so
// the appended state does not change where the other columns come from.
func withStateBeside(columns []record.Column) []record.Column {
	counts := false
	for _, c := range columns {
		if c.Const != nil || c.Missing != "" {
			continue
		}
		if c.Path() == "state" {
			return columns
		}
		counts = counts || isCount(c.Path()) || c.Path() == "consumers"
	}
	if !counts {
		return columns
	}
	return append(slices.Clone(columns), stateBeside())
}

func stateBeside() record.Column { return record.Column{Name: "state beside counts", From: "state"} }

func isStateBeside(c record.Column) bool { return c.Name == stateBeside().Name }
