package render

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// members calls f with each member of a JSON object in the order it was sent. Anything that is no object has none.
func members(v record.Value, f func(name string, value record.Value)) {
	if len(v) == 0 || v[0] != '{' {
		return
	}
	d := jsontext.NewDecoder(bytes.NewReader(v), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if _, err := d.ReadToken(); err != nil {
		return
	}
	for d.PeekKind() == '"' {
		name, err := d.ReadValue()
		if err != nil {
			return
		}
		key := record.Value(name).Text()
		value, err := d.ReadValue()
		if err != nil {
			return
		}
		f(key, append(record.Value(nil), value...))
	}
}

// cellAt is a cell of the row, absent where the row is too short.
func cellAt(row record.Row, i int) record.Value {
	if i < len(row) {
		return row[i]
	}
	return nil
}
