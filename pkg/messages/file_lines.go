package messages

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"runtime"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// maxLine is how many bytes the JSON text of a message may have. A body of HighestBody has 683 MiB in base64.
const maxLine = 704 << 20

var errLong = errors.New("longer than any message can be")

// lines reads the lines of a file.
type lines struct {
	r *bufio.Reader
	// most is how many bytes a line may have.
	most int
	// at is the number of the line that was read last.
	at int64
}

// line is a line with its line end.
type line struct {
	// text is valid until the next line is read. If owned is true, the caller may keep text and change it.
	text  []byte
	owned bool
	// whole is false for a last line without a line end, and if compressed text ends too early. An empty line that is not
	// whole marks the end of the file.
	whole bool
}

func (l *lines) next() (line, error) {
	l.at++
	// Join the parts of a long line only once: to grow the line part by part would take several times its memory.
	var parts [][]byte
	long := 0
	for {
		part, err := l.r.ReadSlice('\n')
		if err == nil && parts == nil {
			return line{text: part, whole: true}, nil
		}
		if long += len(part); long > l.most {
			return line{}, errLong
		}
		parts = append(parts, bytes.Clone(part))
		switch {
		case err == nil:
			return line{joined(parts, long), true, true}, nil
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return line{joined(parts, long), true, false}, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return line{}, err
		}
	}
}

func joined(parts [][]byte, size int) []byte {
	if size > 32<<20 {
		// The message before this one may have been as large. Without this call, the garbage of several such messages would
		// fill the memory.
		runtime.GC()
	}
	return slices.Concat(parts...)
}

// objects reads JSON objects that follow each other, with any white space between them, or that are the elements of one
// list.
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

// next returns the text of the next object. The text is valid until the next call. After the last object, next returns
// io.EOF.
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
			return nil, errors.New("text after the end of the list")
		}
	}
	return o.json.ReadValue()
}

// limited reads at most left bytes.
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
