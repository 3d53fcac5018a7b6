package record

import (
	"errors"
	"io"
	"iter"
)

// Stream reads a JSON array of objects and yields a row for each object as it arrives. It yields an error and stops if
// the text is not such an array or ends early, if an element is not an object (*WrongKind), or if an element is longer
// than MaxObject (*TooLong). An element that is an empty array counts as an object without members: brokers send [] for
// an object that has none of the requested members.
func Stream(r io.Reader, columns []Column) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		from := &bounded{r: r, limit: MaxObject, end: MaxObject}
		d := decoder(from)
		if k := d.PeekKind(); k != '[' {
			yield(nil, otherThan('[', d))
			return
		}
		if _, err := d.ReadToken(); err != nil {
			yield(nil, err)
			return
		}
		p := NewPicker(columns)
		for n := 1; ; n++ {
			// InputOffset returns where the previous row ends, so the limit also covers the bytes of this row that the decoder
			// has already buffered.
			from.end = d.InputOffset() + MaxObject
			var row Row
			var err error
			switch k := d.PeekKind(); k {
			case ']':
				if _, err := d.ReadToken(); err != nil {
					yield(nil, err)
				} else if !blank(d.UnreadBuffer()) {
					yield(nil, &WrongKind{Got: "more than one JSON value"})
				}
				return
			case '{':
				row, err = p.read(d)
			case '[':
				row, err = p.empty(d, n)
			default:
				err = otherThan('{', d)
				if wrong := (*WrongKind)(nil); errors.As(err, &wrong) {
					wrong.Row = n
				}
			}
			if err != nil {
				if errors.Is(err, io.EOF) {
					err = io.ErrUnexpectedEOF
				}
				yield(nil, err)
				return
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// Failing returns a listing without rows that ends with the error.
func Failing(err error) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) { yield(nil, err) }
}
