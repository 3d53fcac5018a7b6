package messages

import (
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Rows returns the function that makes the row of a message. The columns are columns of Table, or members of its open
// objects. The function computes only what these columns need. now is the time from which it computes ages.
func Rows(of []record.Column) func(m *Message, now time.Time) record.Row {
	known := map[string]func(*look) record.Value{}
	for _, c := range allColumns() {
		known[c.Name] = c.of
	}
	reads := make([]func(*look) record.Value, len(of))
	for i, c := range of {
		if reads[i] = known[c.Name]; reads[i] == nil {
			reads[i] = memberNamed(c.Name)
		}
	}
	return func(m *Message, now time.Time) record.Row {
		l := &look{m: m, now: now}
		row := make(record.Row, len(reads))
		for i, read := range reads {
			row[i] = read(l)
		}
		return row
	}
}

// memberNamed reads a member of the headers, or of a body that is JSON.
func memberNamed(name string) func(*look) record.Value {
	root, path, _ := strings.Cut(name, ".")
	switch root {
	case "headers":
		return func(l *look) record.Value { return headerAt(l.m.Headers, path) }
	case "json":
		picker := record.NewPicker([]record.Column{{Name: path}})
		return func(l *look) record.Value {
			v := l.json()
			if v == nil {
				return nil
			}
			row, err := picker.Pick(v)
			if err != nil {
				return nil
			}
			for _, found := range row {
				return found
			}
			return nil
		}
	}
	return func(*look) record.Value { return nil }
}
