package cli

import (
	"errors"
	"io"
	"io/fs"
)

// watched is a writer for the output. It remembers a failed write, because not every caller looks at the error.
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

// reason returns the cause of a failed write, without the name that the system has for the stream.
func reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}
