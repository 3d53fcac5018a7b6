package survey

import (
	"iter"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// named are columns by their names alone.
func named(names ...string) []record.Column {
	columns := make([]record.Column, len(names))
	for i, n := range names {
		columns[i] = record.Column{Name: n}
	}
	return columns
}

// each hands over the rows of a listing until its end or an error.
func each(rows iter.Seq2[record.Row, error], f func(record.Row)) error {
	for row, err := range rows {
		if err != nil {
			return err
		}
		f(row)
	}
	return nil
}
