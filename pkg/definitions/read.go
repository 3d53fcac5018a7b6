package definitions

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Most is the largest size of a document, in bytes: a document with a million queues is smaller.
const Most = 256 << 20

// From describes the document to read.
type From struct {
	// Name is the name of the document in errors, such as the path of the file.
	Name string
	// VHost is the virtual host of objects that do not name theirs, as in the export of one virtual host. If it is "",
	// Read takes the virtual host that the document names, or leaves it "" if the document names none.
	VHost string
	// Limit is the largest size of the document in bytes; 0 means Most. YAML may have mostYAML bytes at most.
	Limit int64
}

// Read reads a document in JSON or YAML, of a whole broker or of one virtual host. It returns an error if r cannot be
// read to its end, if the text is too long or cut off, or if it is not a document at all. Everything else that is wrong
// is in the Faults of the document.
func Read(r io.Reader, from From) (*Document, error) {
	if from.Limit == 0 {
		from.Limit = Most
	}
	b := &building{doc: &Document{}, from: from, kept: map[string]string{}, heads: map[string]bool{}}
	lines := &lines{r: &limited{r, from.Limit + 1, from.Limit}}
	in := bufio.NewReaderSize(lines, 64<<10)
	first, err := begin(in, lines)
	switch {
	case err != nil:
	case first == '{' || first == '[' || first == '"':
		err = b.json(in, lines)
	default:
		err = b.yaml(in)
	}
	if err == nil {
		err = b.end()
	}
	if err != nil {
		return nil, b.explained(err)
	}
	return b.doc, nil
}

// begin returns the first byte that is not white space. It takes only a byte order mark from the reader, so everything
// else can still be read. An empty or compressed text is an error.
func begin(in *bufio.Reader, lines *lines) (byte, error) {
	if mark, err := in.Peek(3); err == nil && string(mark) == "\xef\xbb\xbf" {
		lines.skipped, _ = in.Discard(3)
	}
	for n := 0; ; n++ {
		c, err := in.Peek(n + 1)
		switch {
		case len(c) == n+1 && bytes.IndexByte([]byte(" \t\r\n"), c[n]) >= 0:
			continue
		case len(c) == n+1 && c[n] == 0x1f:
			return 0, errors.New("it is compressed")
		case len(c) == n+1:
			return c[n], nil
		case errors.Is(err, io.EOF):
			return 0, errors.New("it is empty")
		}
		return 0, err
	}
}

// explained returns an error that says why no document could be read.
func (b *building) explained(err error) error {
	var own *fail.Error
	if k := fail.KindOf(err); errors.As(err, &own) || k == fail.Timeout || k == fail.Canceled {
		return err
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fail.New(fail.Data, "%s is cut off: it ends in the middle", b.from.Name).
			Next("export the definitions once more, or complete the text; none of it was used")
	}
	return fail.New(fail.Data, "%s is not a file of definitions: %w", b.from.Name, err).
		Next("a file of definitions is the JSON that the management API exports, or the same as YAML")
}
