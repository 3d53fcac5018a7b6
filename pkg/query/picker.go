package query

import (
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// picker collects the columns that a query reads; a column's index there is its index in a row.
type picker struct {
	table   record.Table
	columns []record.Column
}

// place is the index of the column in rows; it adds the column if it is not there yet.
func (p *picker) place(c record.Column) int {
	for i, have := range p.columns {
		if have.Name == c.Name {
			return i
		}
	}
	p.columns = append(p.columns, c)
	return len(p.columns) - 1
}

// at is a cell of the row; absent when the row is too short.
func at(row record.Row, i int) record.Value {
	if i < len(row) {
		return row[i]
	}
	return nil
}
