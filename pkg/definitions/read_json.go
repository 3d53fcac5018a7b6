package definitions

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// json reads the document object by object.
func (b *building) json(in io.Reader, lines *lines) error {
	d := jsontext.NewDecoder(in, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	err := b.members(d, lines)
	var syntax *jsontext.SyntacticError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return io.ErrUnexpectedEOF
	case errors.As(err, &syntax):
		return fmt.Errorf("line %d: it is not JSON: %w", lines.at(syntax.ByteOffset), syntax.Err)
	}
	return err
}

func (b *building) members(d *jsontext.Decoder, lines *lines) error {
	if k := d.PeekKind(); k != '{' {
		v, err := d.ReadValue()
		if err != nil {
			return err
		}
		return fmt.Errorf("it is %s, not an object", wordOf(record.Value(v)))
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() == '"' {
		raw, err := d.ReadValue()
		if err != nil {
			return err
		}
		name, line := record.Value(raw).Text(), lines.at(d.InputOffset()-int64(len(raw)))
		if slices.Contains(memberNames(), name) {
			err = b.objects(d, lines, name, line)
		} else {
			var v jsontext.Value
			if v, err = d.ReadValue(); err == nil {
				b.head(name, slices.Clone(record.Value(v)), line)
			}
		}
		if err != nil {
			return err
		}
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("line %d: there is more text after the end of the JSON", lines.at(d.InputOffset()))
	}
	return nil
}

// objects reads a member with objects. A member that is not a list becomes a fault, because brokers answer 500 to it.
func (b *building) objects(d *jsontext.Decoder, lines *lines, name string, line int) error {
	b.list(name, line)
	if d.PeekKind() != '[' {
		v, err := d.ReadValue()
		if err == nil {
			b.fault(Place{Line: line, Path: name}, "%s is %s, not a list", name, wordOf(record.Value(v)))
		}
		return err
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for n := 0; d.PeekKind() != ']'; n++ {
		v, err := d.ReadValue()
		if err != nil {
			return err
		}
		b.element(name, n, record.Value(v), lines.at(d.InputOffset()-int64(len(v))))
	}
	_, err := d.ReadToken()
	return err
}

// lines finds the line number of a byte that was read a short time ago.
type lines struct {
	r io.Reader
	// read is the number of bytes read so far. ends are the offsets of the line ends after the byte that the method at was
	// last called for, and past is the number of line ends before that byte.
	read int64
	ends []int64
	past int
	// skipped is the length of a byte order mark in bytes. The offsets whose lines are looked up do not count the mark.
	skipped int
}

// Read implements io.Reader.
func (l *lines) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	for i, c := range p[:n] {
		if c == '\n' {
			l.ends = append(l.ends, l.read+int64(i))
		}
	}
	l.read += int64(n)
	return n, err
}

// at returns the number of the line of a byte. Calls must be in the order of the bytes.
func (l *lines) at(offset int64) int {
	i := 0
	for i < len(l.ends) && l.ends[i] < offset+int64(l.skipped) {
		i++
	}
	l.past, l.ends = l.past+i, l.ends[i:]
	return l.past + 1
}

// limited reads at most left bytes, and returns an error for any later read. limit is the size that the error names.
type limited struct {
	r           io.Reader
	left, limit int64
}

// Read implements io.Reader.
func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, &record.TooLong{Limit: l.limit}
	}
	n, err := l.r.Read(p[:min(int64(len(p)), l.left)])
	l.left -= int64(n)
	return n, err
}
