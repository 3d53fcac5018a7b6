package messages

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// FileFormat is the version of the format of files with messages.
const FileFormat = 1

// FileHeader is the first line of a file: facts about the messages that follow.
type FileHeader struct {
	Format  int       `json:"format"`
	Program string    `json:"program,omitempty"` // the program that wrote the file, with its release
	Broker  string    `json:"broker,omitempty"`
	VHost   string    `json:"vhost,omitempty"`
	Queue   string    `json:"queue,omitempty"`
	Type    string    `json:"type,omitempty"` // the queue's type
	Started time.Time `json:"started"`
}

// fileEnd is the last line of a file: facts about the lines before it.
type fileEnd struct {
	Count    int64     `json:"count"`
	SHA256   string    `json:"sha256"`
	Finished time.Time `json:"finished"`
}

// FileTarget says where a FileSink writes and how.
type FileTarget struct {
	// Writer receives the bytes of the file. The caller closes it.
	Writer io.Writer
	// Disk makes sure that what was written has reached the disk. It is nil for a pipe.
	Disk interface{ Sync() error }
	// Gzip compresses the file.
	Gzip bool
	// Name is the name of the file in errors.
	Name string
	// Now is the clock.
	Now func() time.Time
}

// FileSink writes messages to a file: a line about the file, a line for each message, and a last line with their number
// and a checksum of all lines before it. A file without this last line is incomplete.
type FileSink struct {
	to      FileTarget
	out     *bufio.Writer
	gzip    *gzip.Writer
	sum     hash.Hash
	encoder encoder
	line    []byte
	put     int64
	unsafe  []int64
	failed  error
}

// NewFileSink begins the file.
func NewFileSink(to FileTarget, header FileHeader) (*FileSink, error) {
	s := &FileSink{to: to, out: bufio.NewWriterSize(to.Writer, 128<<10), sum: sha256.New(), encoder: encoder{textParts()}}
	if to.Gzip {
		// Bodies are already in base64, so more thorough compression would save too little for the time that it takes.
		s.gzip, _ = gzip.NewWriterLevel(s.out, gzip.BestSpeed)
	}
	header.Format = FileFormat
	return s, s.write(edgeLine(`{"XRabbitctlFile":`, header))
}

func edgeLine(name string, v any) []byte {
	return append(append([]byte(name), record.Of(v)...), "}\n"...)
}

// Put implements Sink.
func (s *FileSink) Put(ctx context.Context, m *Message) error {
	if err := fail.Ended(ctx); err != nil {
		return err
	}
	if s.failed != nil {
		return s.failed
	}
	line, err := s.encoder.append(s.line[:0], m, s.put+1)
	if err != nil {
		return err
	}
	if s.line = line; cap(line) > largeBody {
		s.line = nil
	}
	if err := s.write(line); err != nil {
		return err
	}
	s.put++
	s.unsafe = append(s.unsafe, m.Number)
	return nil
}

// Settle implements Sink. If more messages than allowed are unsafe, it makes all of them safe at once.
func (s *FileSink) Settle(_ context.Context, unsafe int) ([]int64, error) {
	if len(s.unsafe) <= unsafe {
		return nil, s.failed
	}
	if err := s.flush(); err != nil {
		return nil, err
	}
	safe := s.unsafe
	s.unsafe = nil
	return safe, nil
}

// Close implements Sink. Unless an earlier write has failed, it writes the last line, which has the number of messages
// and the checksum. It does not close the Writer.
func (s *FileSink) Close() error {
	if s.failed != nil {
		return s.failed
	}
	end := fileEnd{Count: s.put, SHA256: hex.EncodeToString(s.sum.Sum(nil)), Finished: s.to.Now().UTC()}
	if err := s.write(edgeLine(`{"XRabbitctlEnd":`, end)); err != nil {
		return err
	}
	if s.gzip != nil {
		if err := s.gzip.Close(); err != nil {
			return s.fault(err)
		}
	}
	return s.flush()
}

func (s *FileSink) write(line []byte) error {
	s.sum.Write(line)
	var err error
	if s.gzip != nil {
		_, err = s.gzip.Write(line)
	} else {
		_, err = s.out.Write(line)
	}
	if err != nil {
		return s.fault(err)
	}
	return nil
}

// flush writes out everything so far, so that a file on a disk can be read after a crash.
func (s *FileSink) flush() error {
	if s.failed != nil {
		return s.failed
	}
	if s.gzip != nil {
		if err := s.gzip.Flush(); err != nil {
			return s.fault(err)
		}
	}
	if err := s.out.Flush(); err != nil {
		return s.fault(err)
	}
	if s.to.Disk == nil {
		return nil
	}
	if err := s.to.Disk.Sync(); err != nil {
		return s.fault(err)
	}
	return nil
}

// fault keeps the error, so that nothing more is written: lines after an error could follow a gap.
func (s *FileSink) fault(err error) error {
	s.failed = fail.New(fail.Output, "%s cannot be written: %w", s.to.Name, err)
	return s.failed
}
