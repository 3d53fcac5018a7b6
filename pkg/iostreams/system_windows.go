package iostreams

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/windows"
)

// takesSequences makes a console interpret control sequences, and reports whether it does. For a terminal that is not a
// console it returns true.
func takesSequences(f *os.File) bool {
	console := windows.Handle(f.Fd())
	var mode uint32
	if err := windows.GetConsoleMode(console, &mode); err != nil {
		return true
	}
	return mode&windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING != 0 ||
		windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}

// isBrokenPipe reports whether err means that the reader of a pipe has gone. Windows has two errors for this, and Go
// has a third one.
func isBrokenPipe(err error) bool {
	return errors.Is(err, windows.ERROR_BROKEN_PIPE) || errors.Is(err, windows.ERROR_NO_DATA) ||
		errors.Is(err, syscall.EPIPE)
}
