package triage

import (
	"iter"
	"math"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// fields are the cells of one row by the names of their columns; a column that is not among them is absent.
type fields map[string]record.Value

// answer makes rows with the wanted columns, after the work that finds them out.
func answer(columns []record.Column, work func() ([]fields, error)) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		found, err := work()
		if err != nil {
			yield(nil, err)
			return
		}
		for _, f := range found {
			row := make(record.Row, len(columns))
			for i, c := range columns {
				row[i] = f[c.Name]
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// text is a word; absent when there is none.
func text(word string) record.Value {
	if word == "" {
		return nil
	}
	return record.Of(word)
}

// count is a whole number, absent when it is not known; fraction has two digits behind the point.
func count(r health.Reading) record.Value {
	if !r.Known {
		return nil
	}
	return record.Of(int64(math.Round(r.Value)))
}

func fraction(r health.Reading) record.Value {
	if !r.Known {
		return nil
	}
	return record.Of(math.Round(r.Value*100)/100 + 0)
}

// since is how many seconds ago a moment was; absent when it is not known.
func since(now, moment time.Time) record.Value {
	if moment.IsZero() {
		return nil
	}
	return record.Of(max(0, int64(now.Sub(moment).Seconds())))
}

// words is a list; absent when it is empty.
func words(list []string) record.Value {
	if len(list) == 0 {
		return nil
	}
	return record.Of(list)
}
