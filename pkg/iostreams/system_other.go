//go:build !windows

package iostreams

import (
	"errors"
	"os"
	"syscall"
)

// takesSequences reports whether the terminal interprets control sequences. Here it is always true: TERM=dumb marks a
// terminal that does not.
func takesSequences(*os.File) bool { return true }

// isBrokenPipe reports whether err means that the reader of a pipe has gone.
func isBrokenPipe(err error) bool { return errors.Is(err, syscall.EPIPE) }
