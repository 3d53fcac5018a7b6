package messages

import (
	"bufio"
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// TextSink writes messages as text that cannot be read back: only their bodies, or a form for people.
type TextSink struct {
	to     FileTarget
	text   func(m *Message, first bool) ([]byte, error)
	out    *bufio.Writer
	put    bool
	unsafe []int64
}

// NewTextSink makes a TextSink that writes what the function text returns for each message. If text returns an error,
// writing ends. The output is not compressed.
func NewTextSink(to FileTarget, text func(m *Message, first bool) ([]byte, error)) *TextSink {
	return &TextSink{to: to, text: text, out: bufio.NewWriterSize(to.Writer, 128<<10)}
}

// BodyLine returns the body of a message, followed by a line end.
func BodyLine(m *Message, _ bool) ([]byte, error) {
	return append(m.Body[:len(m.Body):len(m.Body)], '\n'), nil
}

// Put implements Sink.
func (s *TextSink) Put(ctx context.Context, m *Message) error {
	if err := fail.Ended(ctx); err != nil {
		return err
	}
	text, err := s.text(m, !s.put)
	if err != nil {
		return err
	}
	if _, err := s.out.Write(text); err != nil {
		return s.fault(err)
	}
	s.put = true
	s.unsafe = append(s.unsafe, m.Number)
	return nil
}

// Settle implements Sink.
func (s *TextSink) Settle(_ context.Context, unsafe int) ([]int64, error) {
	if len(s.unsafe) <= unsafe {
		return nil, nil
	}
	err := s.out.Flush()
	if err == nil && s.to.Disk != nil {
		err = s.to.Disk.Sync()
	}
	if err != nil {
		return nil, s.fault(err)
	}
	safe := s.unsafe
	s.unsafe = nil
	return safe, nil
}

// Close implements Sink.
func (s *TextSink) Close() error { return nil }

func (s *TextSink) fault(err error) error {
	return fail.New(fail.Output, "%s cannot be written: %w", s.to.Name, err)
}
