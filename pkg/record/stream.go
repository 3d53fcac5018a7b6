package record

import (
	"fmt"
	"io"
	"iter"
)

// Stream reads a JSON array of objects and yields a row for each as it arrives. An element that is no object yields a
// row of absent values. Text that is not such an array, or that ends early, yields an error and stops.
func Stream(r io.Reader, columns []Column) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		d := decoder(r)
		if k := d.PeekKind(); k != '[' {
			_, err := d.ReadToken()
			if err == nil {
				err = fmt.Errorf("expected a JSON array, got %s", k)
			}
			yield(nil, err)
			return
		}
		if _, err := d.ReadToken(); err != nil {
			yield(nil, err)
			return
		}
		p := NewPicker(columns)
		for {
			k := d.PeekKind()
			if k == ']' {
				if _, err := d.ReadToken(); err != nil {
					yield(nil, err)
				}
				return
			}
			row, err := p.read(d)
			if err != nil {
				if err == io.EOF {
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
