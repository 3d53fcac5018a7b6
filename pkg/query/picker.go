package query

import (
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// picker gathers the columns that a query reads and tells each one's place in a row.
type picker struct {
	table   record.Table
	columns []record.Column
}

// place is where the column stands in rows; the column is added when no one needed it yet.
func (p *picker) place(c record.Column) int {
	for i, have := range p.columns {
		if have.Name == c.Name {
			return i
		}
	}
	p.columns = append(p.columns, c)
	return len(p.columns) - 1
}

// at is a cell of the row, absent where the row is too short.
func at(row record.Row, i int) record.Value {
	if i < len(row) {
		return row[i]
	}
	return nil
}
