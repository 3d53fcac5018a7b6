package messages

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"strconv"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
)

// FileOptions says how a file is read.
type FileOptions struct {
	// Name is the name of the file in errors.
	Name string
	// Partial accepts a file that is cut off, lacks the line that marks its end, or was changed after it was written.
	// Fault then says what is wrong.
	Partial bool
	// Skip is how many messages at the start of the file are skipped, because an earlier run imported them. The number of
	// a message is its place in the whole file, also after a skip.
	Skip int64
	// Done is called with the number of a message when this message and all before it are safe, so that they need not be
	// read again. nil means that no function is called.
	Done func(number int64) error
	// Republish says how the messages are going to be published. VerifyFile counts the changes that this needs.
	Republish Republish
}

// FileSource reads messages from a file. The file is one that FileSink wrote, compressed or not, or has JSON objects of
// other programs. Only one message at a time is in memory. Next waits as long as the reader waits.
type FileSource struct {
	o       FileOptions
	lines   *lines
	objects *objects
	sum     hash.Hash
	decoder *decoder
	header  *FileHeader
	// format is the program that wrote the file; "" until that is known.
	format string
	number int64
	done   int64
	fault  error
	ended  error
}

// NewFileSource begins to read a file.
func NewFileSource(r io.Reader, o FileOptions) (*FileSource, error) { return newFileSource(r, o, true) }

func newFileSource(r io.Reader, o FileOptions, bodies bool) (*FileSource, error) {
	s := &FileSource{o: o, decoder: newDecoder(bodies), sum: sha256.New(), done: o.Skip}
	in := bufio.NewReaderSize(r, 128<<10)
	if magic, _ := in.Peek(2); string(magic) == "\x1f\x8b" {
		unzipped, err := gzip.NewReader(in)
		if err != nil {
			return nil, fail.New(fail.Data, "%s begins like a gzip file, but is not one", o.Name)
		}
		in = bufio.NewReaderSize(unzipped, 128<<10)
	}
	const first = `{"XRabbitctlFile":`
	begin, err := in.Peek(len(first))
	switch {
	case len(begin) == 0 && errors.Is(err, io.EOF):
		return nil, fail.New(fail.Data, "%s is empty", o.Name)
	case len(begin) == 0 && outOfTime(err) != nil:
		return nil, outOfTime(err)
	case len(begin) == 0:
		return nil, fail.New(fail.Data, "%s cannot be read: %w", o.Name, err)
	case string(begin) != first:
		s.objects = newObjects(in)
		return s, nil
	}
	s.lines, s.format = &lines{r: in, most: maxLine}, "rabbitctl"
	return s, s.readHeader()
}

func (s *FileSource) readHeader() error {
	begin, err := s.lines.next()
	if err != nil {
		return s.broken(err)
	}
	var first struct{ XRabbitctlFile FileHeader }
	if err := json.Unmarshal(begin.text, &first); err != nil || !begin.whole {
		return s.broken(errors.New("the file's first line is cut off"))
	}
	if f := first.XRabbitctlFile.Format; f != FileFormat {
		return fail.New(fail.Data, "%s has format %d, and this release of rabbitctl reads format %d only", s.o.Name, f,
			FileFormat).
			Next("read it with the release that wrote it: %q", first.XRabbitctlFile.Program)
	}
	s.header = &first.XRabbitctlFile
	s.sum.Write(begin.text)
	return nil
}

// Header returns the first line of the file, or nil for a file of another program.
func (s *FileSource) Header() *FileHeader { return s.header }

// Fault returns an error if the file was cut off, lacks the line that marks its end, or was changed after it was
// written. It returns nil if no such fault was found so far.
func (s *FileSource) Fault() error { return s.fault }

// Next implements Source. If it returns io.EOF and Fault returns nil, the file was complete. A file of another program
// counts as complete unless it ends in the middle of a message or of a list.
func (s *FileSource) Next(ctx context.Context) (*Message, error) {
	for s.ended == nil {
		if err := fail.Ended(ctx); err != nil {
			return nil, err
		}
		text, err := s.text()
		if err != nil {
			s.ended = err
			break
		}
		s.number++
		if s.number <= s.o.Skip {
			continue
		}
		m := &Message{Number: s.number}
		if err := s.decoder.decode(text, m); err != nil {
			s.ended = s.broken(err)
			break
		}
		if err := s.decoder.check(m); err != nil {
			s.ended = s.broken(err)
			break
		}
		if s.format == "" {
			s.format = s.decoder.found.program()
		}
		return m, nil
	}
	return nil, s.ended
}

// text returns the JSON text of the next message.
func (s *FileSource) text() (line, error) {
	if s.objects != nil {
		text, err := s.objects.next()
		switch {
		case err == nil || errors.Is(err, io.EOF) && s.number > 0:
			return line{text: text}, err
		case errors.Is(err, io.EOF):
			return line{}, fail.New(fail.Data, "%s has no message", s.o.Name)
		case errors.Is(err, io.ErrUnexpectedEOF):
			return line{}, s.tolerate("%s ends in the middle of message %d", s.o.Name, s.number+1)
		}
		s.number++
		return line{}, s.broken(err)
	}
	next, err := s.lines.next()
	switch {
	case err != nil:
		return line{}, s.broken(err)
	case bytes.HasPrefix(next.text, []byte(`{"XRabbitctlEnd":`)):
		return line{}, s.end(next.text)
	case len(next.text) == 0:
		return line{}, s.tolerate("%s ends at line %d without the line that marks its end, so its last part is missing",
			s.o.Name, s.lines.at-1)
	case !next.whole:
		return line{}, s.tolerate("%s is cut off, so the file was not written to its end", s.where())
	}
	s.sum.Write(next.text)
	return next, nil
}

// end checks the last line. It returns io.EOF if everything that the last line says is true.
func (s *FileSource) end(text []byte) error {
	var last struct{ XRabbitctlEnd fileEnd }
	where := s.where()
	if err := json.Unmarshal(text, &last); err != nil {
		return s.tolerate("%s is cut off, so the file was not written to its end", where)
	}
	rest, err := s.lines.next()
	switch end := last.XRabbitctlEnd; {
	case err != nil:
		return s.broken(err)
	case len(rest.text) > 0:
		return s.tolerate("%s comes after line %d, which marks the end of the file", s.where(), s.lines.at-1)
	case end.Count != s.number:
		return s.tolerate("%s says that there are %d messages before it, but there are %d", where, end.Count, s.number)
	case end.SHA256 != hex.EncodeToString(s.sum.Sum(nil)):
		return s.tolerate("%s has a checksum that does not match, so the file was changed after it was written", where)
	}
	return io.EOF
}

// Remove implements Source. If before is false, the message counts as done only if it directly follows those that are
// done. Messages in a gap did not become safe, for example because the broker refused them, and another run has to read
// them again.
func (s *FileSource) Remove(number int64, before bool) error {
	if number <= s.done || !before && number != s.done+1 {
		return nil
	}
	s.done = number
	if s.o.Done == nil {
		return nil
	}
	return s.o.Done(number)
}

// Close implements Source. The caller closes the reader.
func (s *FileSource) Close() error { return nil }

// tolerate sets fault for a file that was cut off or changed after it was written. It returns io.EOF if Partial is set,
// or else the fault.
func (s *FileSource) tolerate(format string, args ...any) error {
	s.fault = fail.New(fail.Data, format, args...)
	if s.o.Partial {
		return io.EOF
	}
	return s.fault
}

// broken returns the error about a text that cannot be read, not even with Partial. If outOfTime recognizes err, broken
// returns that error unchanged.
func (s *FileSource) broken(err error) error {
	if late := outOfTime(err); late != nil {
		return late
	}
	if errors.Is(err, errLong) {
		return fail.New(fail.Data, "%s: longer than %s, so it is not a message", s.where(), prose.Limit(maxLine))
	}
	var number *strconv.NumError
	switch {
	case errors.As(err, &number):
		err = fmt.Errorf("%.40q: %w", number.Num, number.Err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		err = errors.New("the JSON ends too early")
	}
	// err is not wrapped as a cause: io.EOF of a JSON reader does not mean the end of the file.
	return fail.New(fail.Data, "%s: %s", s.where(), strings.TrimPrefix(prose.OneLine(err.Error()), "jsontext: "))
}

// outOfTime returns the error if the time ran out while the reader waited for data, or if the command was interrupted.
// For any other error it returns nil.
func outOfTime(err error) error {
	var ended *fail.Error
	if errors.As(err, &ended) && (ended.Kind == fail.Timeout || ended.Kind == fail.Canceled) {
		return ended
	}
	return nil
}

func (s *FileSource) where() string {
	if s.objects != nil {
		return s.o.Name + ", message " + itoa(s.number)
	}
	return s.o.Name + ", line " + itoa(s.lines.at)
}
