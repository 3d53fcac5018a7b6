package messages

import (
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/query"
)

// Picker makes a function from a filter over the columns of Table. The function returns true for the messages for which
// the filter is known to hold. A filter that cannot be read is a usage error. Without a filter, Picker returns nil,
// which means all messages.
func Picker(where string, now func() time.Time) (func(*Message) (bool, error), error) {
	if where == "" {
		return nil, nil
	}
	q, err := query.Compile(query.Spec{Where: where}, Table(), nil)
	if err != nil {
		return nil, err
	}
	row, judge := Rows(q.Columns()), q.Judge()
	return func(m *Message) (bool, error) {
		pass, known := judge(row(m, now()))
		return pass && known, nil
	}, nil
}
