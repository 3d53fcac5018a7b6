package render

import "github.com/rabbitctl/rabbitctl/pkg/record"

// cellAt returns cell i of the row, or an absent value if the row is too short.
func cellAt(row record.Row, i int) record.Value {
	if i < len(row) {
		return row[i]
	}
	return nil
}
