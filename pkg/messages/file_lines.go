package messages

import (
	"bufio"
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// maxLine is how long a message's text may be. The largest body that any broker takes has 128 MiB, which are 171 in
// base64.
const maxLine = 192 << 20

// largeLine is how much memory is kept for the next line; what a longer one needed is given back.
const largeLine = 1 << 20

var errLong = errors.New("longer than any message can be")

// lines reads the lines of a file.
type lines struct {
	r    *bufio.Reader
	long []byte
	// at is the number of the line that was read last.
	at int64
}

// next reads a line with its line end; it lasts until the next call. whole is false at the end of a text without a line
// end, for a text that ended in the middle of its compression, too. An empty line that is not whole is the end.
func (l *lines) next() (line []byte, whole bool, err error) {
	if cap(l.long) > largeLine {
		l.long = nil
	}
	l.long = l.long[:0]
	l.at++
	for {
		part, err := l.r.ReadSlice('\n')
		if err == nil && len(l.long) == 0 {
			return part, true, nil
		}
		if len(l.long)+len(part) > maxLine {
			return nil, false, errLong
		}
		l.long = append(l.long, part...)
		switch {
		case err == nil:
			return l.long, true, nil
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return l.long, false, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, false, err
		}
	}
}

// objects reads JSON objects that stand behind each other, with any white space between them, or are one list.
type objects struct {
	json  *jsontext.Decoder
	limit *limited
	list  bool
	begun bool
}

func newObjects(r io.Reader) *objects {
	limit := &limited{r: r}
	return &objects{json: jsontext.NewDecoder(limit, jsontext.AllowDuplicateNames(true)), limit: limit}
}

// next is the text of the next object, which lasts until the next call; io.EOF behind the last.
func (o *objects) next() ([]byte, error) {
	o.limit.left = maxLine
	if !o.begun && o.json.PeekKind() == '[' {
		o.list = true
		if _, err := o.json.ReadToken(); err != nil {
			return nil, err
		}
	}
	o.begun = true
	if o.list && o.json.PeekKind() == ']' {
		if _, err := o.json.ReadToken(); err != nil {
			return nil, err
		}
		o.list = false
		if o.json.PeekKind() != 0 {
			return nil, errors.New("text behind the end of the list")
		}
	}
	return o.json.ReadValue()
}

// limited reads so many bytes at most.
type limited struct {
	r    io.Reader
	left int
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errLong
	}
	n, err := l.r.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err
}
