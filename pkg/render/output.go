package render

import (
	"bufio"
	"io"
)

// output is a buffer that remembers the first failed write and returns it from every later one.
type output struct{ *bufio.Writer }

// buffer makes an output. Its size keeps system calls rare for any number of rows.
func buffer(w io.Writer) *output { return &output{bufio.NewWriterSize(w, 64<<10)} }

// send writes all of b.
func (o *output) send(b []byte) error {
	_, err := o.Write(b)
	return err
}
