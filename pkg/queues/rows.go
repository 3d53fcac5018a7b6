package queues

import (
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// cut keeps only the first columns of each row.
func cut(all rows, shown int) rows {
	return func(yield func(record.Row, error) bool) {
		for row, err := range all {
			if err == nil {
				row = row[:shown:shown]
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// endWith appends the error after the last row, unless the error is nil or the rows end with an error of their own. If
// the reader stops early, the error goes to the notes.
func (w Wish) endWith(all rows, end error) rows {
	if end == nil {
		return all
	}
	return w.endLate(all, func() error { return end })
}

// endLate is endWith for an error that is known only after the rows were read.
func (w Wish) endLate(all rows, end func() error) rows {
	return func(yield func(record.Row, error) bool) {
		for row, err := range all {
			more := yield(row, err)
			if err != nil {
				return
			}
			if !more {
				w.say(fail.Say("%s", end()))
				return
			}
		}
		yield(nil, end())
	}
}

// follow yields the rows of one source and, if they end without an error, the rows of the next.
func follow(all rows, next func() rows) rows {
	return func(yield func(record.Row, error) bool) {
		for row, err := range all {
			if !yield(row, err) || err != nil {
				return
			}
		}
		next()(yield)
	}
}
