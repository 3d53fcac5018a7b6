package messages

import (
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/query"
)

// Picker makes of a filter over the columns of Table what chooses messages: those for which it is known to hold. The
// error of a filter that cannot be read is one of usage. Without a filter it is nil, which chooses all.
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
