package messages

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"

	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
)

// Written is the source of messages that a user types or pipes in: one message, or one message for each line.
type Written struct {
	next   func() (*Message, error)
	number int64
}

// One returns a source that hands out one message.
func One(m Message) *Written {
	w := &Written{}
	w.next = func() (*Message, error) {
		if w.number > 0 {
			return nil, io.EOF
		}
		return &m, nil
	}
	return w
}

// Lines returns a source that makes a message of each line that is not empty. The line is the body; everything else is
// copied from the parameter like. If a line has more bytes than largest, the source ends with an error.
func Lines(r io.Reader, like Message, largest int64) *Written {
	in := &lines{r: bufio.NewReaderSize(r, 64<<10), most: int(largest) + 2} // 2 for the line end
	return &Written{next: func() (*Message, error) {
		for {
			text, err := in.next()
			if err != nil && !errors.Is(err, errLong) {
				return nil, err
			}
			body := bytes.TrimSuffix(bytes.TrimSuffix(text.text, []byte("\n")), []byte("\r"))
			switch {
			case err != nil, int64(len(body)) > largest:
				return nil, fail.New(fail.Data, "line %d has more than %s, the largest body that this broker takes", in.at,
					prose.Limit(largest))
			case len(body) > 0:
				m := like
				m.Body = bytes.Clone(body)
				return &m, nil
			case !text.whole:
				return nil, io.EOF
			}
		}
	}}
}

// Next implements Source.
func (w *Written) Next(ctx context.Context) (*Message, error) {
	if err := fail.Ended(ctx); err != nil {
		return nil, err
	}
	m, err := w.next()
	if err != nil {
		return nil, err
	}
	w.number++
	m.Number = w.number
	return m, nil
}

// Remove implements Source.
func (w *Written) Remove(int64, bool) error { return nil }

// Close implements Source.
func (w *Written) Close() error { return nil }

// SetHeader adds a header to a message. The value is one that was read from JSON: a whole number becomes a signed
// 64-bit integer, any other number a double.
func (m *Message) SetHeader(name string, value any) { m.set(name, fromJSON(value)) }

func fromJSON(value any) any {
	switch v := value.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil && !strings.ContainsAny(v.String(), ".eE") {
			return n
		}
		f, _ := v.Float64()
		return f
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = fromJSON(e)
		}
		return list
	case map[string]any:
		table := amqp091.Table{}
		for name, e := range v {
			table[name] = fromJSON(e)
		}
		return table
	}
	return value
}
