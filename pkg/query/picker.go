package query

import (
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// picker collects the columns that a query reads. The index of a column in the picker is its index in a row.
type picker struct {
	table   record.Table
	columns []record.Column
}

// place returns the index of the column in rows. It adds the column if the picker does not have it yet.
func (p *picker) place(c record.Column) int {
	for i, have := range p.columns {
		if have.Name == c.Name {
			return i
		}
	}
	p.columns = append(p.columns, c)
	return len(p.columns) - 1
}

// at returns cell i of the row, or an absent value if the row is too short.
func at(row record.Row, i int) record.Value {
	if i < len(row) {
		return row[i]
	}
	return nil
}
