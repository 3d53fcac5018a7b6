package render

import "github.com/rabbitctl/rabbitctl/pkg/record"

// cellAt is a cell of the row, absent where the row is too short.
func cellAt(row record.Row, i int) record.Value {
	if i < len(row) {
		return row[i]
	}
	return nil
}
