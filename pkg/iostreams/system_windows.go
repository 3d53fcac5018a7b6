package iostreams

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/windows"
)

// takesSequences makes a console interpret control sequences, and reports whether it does. A terminal that is not a
// console is taken to interpret them.
func takesSequences(f *os.File) bool {
	console := windows.Handle(f.Fd())
	var mode uint32
	if err := windows.GetConsoleMode(console, &mode); err != nil {
		return true
	}
	return mode&windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING != 0 ||
		windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}

// isBrokenPipe tells whether the reader of a pipe has gone. The system has two names for it, and Go's own is a third.
func isBrokenPipe(err error) bool {
	return errors.Is(err, windows.ERROR_BROKEN_PIPE) || errors.Is(err, windows.ERROR_NO_DATA) ||
		errors.Is(err, syscall.EPIPE)
}
