//go:build !windows

package iostreams

import (
	"errors"
	"os"
	"syscall"
)

// takesSequences tells whether the terminal heeds control sequences. TERM says when it does not.
func takesSequences(*os.File) bool { return true }

// isBrokenPipe tells whether the reader of a pipe has gone.
func isBrokenPipe(err error) bool { return errors.Is(err, syscall.EPIPE) }
