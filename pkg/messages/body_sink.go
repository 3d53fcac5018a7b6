package messages

import (
	"bufio"
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// BodySink writes bodies, each with a line end behind it.
type BodySink struct {
	to     FileTarget
	out    *bufio.Writer
	unsafe []int64
}

// NewBodySink begins to write. It compresses nothing.
func NewBodySink(to FileTarget) *BodySink {
	return &BodySink{to: to, out: bufio.NewWriterSize(to.Writer, 128<<10)}
}

// Put implements Sink.
func (s *BodySink) Put(ctx context.Context, m *Message) error {
	if err := fail.Ended(ctx); err != nil {
		return err
	}
	_, err := s.out.Write(m.Body)
	if err == nil {
		err = s.out.WriteByte('\n')
	}
	if err != nil {
		return s.fault(err)
	}
	s.unsafe = append(s.unsafe, m.Number)
	return nil
}

// Settle implements Sink.
func (s *BodySink) Settle(_ context.Context, unsafe int) ([]int64, error) {
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
func (s *BodySink) Close() error { return nil }

func (s *BodySink) fault(err error) error {
	return fail.New(fail.Output, "%s cannot be written: %w", s.to.Name, err)
}
