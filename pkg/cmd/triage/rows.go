package triage

import (
	"iter"
	"math"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// fields has the cells of one row by the names of their columns. A column without an entry is absent.
type fields map[string]record.Value

// answer calls the function work, and returns what work finds as rows with the wanted columns.
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

// text returns a word as a value, or an absent value if the word is empty.
func text(word string) record.Value {
	if word == "" {
		return nil
	}
	return record.Of(word)
}

// count returns a reading as a whole number, and fraction returns it with two decimal places. Both return an absent
// value if the reading is unknown.
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

// since returns how many seconds ago the moment was, or an absent value if the moment is unknown.
func since(now, moment time.Time) record.Value {
	if moment.IsZero() {
		return nil
	}
	return record.Of(max(0, int64(now.Sub(moment).Seconds())))
}

// words returns the list as a value, or an absent value if the list is empty.
func words(list []string) record.Value {
	if len(list) == 0 {
		return nil
	}
	return record.Of(list)
}
