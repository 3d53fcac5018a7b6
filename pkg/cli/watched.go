package cli

import (
	"errors"
	"io"
	"io/fs"
)

// watched is the output, and remembers that it could not be written: not every writer looks at the error that it gets.
type watched struct {
	io.Writer
	err error
}

func (w *watched) Write(b []byte) (int, error) {
	n, err := w.Writer.Write(b)
	if w.err == nil {
		w.err = err
	}
	return n, err
}

// reason is a write's error without the name that the system has for the stream.
func reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}
