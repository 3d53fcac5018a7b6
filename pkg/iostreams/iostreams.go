// Package iostreams holds the streams that a command reads and writes, and the facts about the terminal behind them.
//
// Data goes to Out, everything else to Err. A command never uses the streams of the process directly, so tests can run
// every command with buffers.
package iostreams

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strconv"

	"golang.org/x/term"
)

// Streams are the three streams of one run of the program.
type Streams struct {
	In  io.Reader
	Out io.Writer // data only
	Err io.Writer // messages, prompts, progress

	InTTY  bool
	OutTTY bool
	ErrTTY bool

	// Width is the width of the terminal in columns; 0 when Out is not a terminal or the width is not known.
	Width int
	// Height is the height of the terminal in lines; 0 when Out is not a terminal or the height is not known.
	Height int
	// Colour means that Out may get colour sequences: Out is a terminal that is not Dumb, and NO_COLOR is not set.
	Colour bool

	// Dumb means that the terminal knows no control sequences (TERM=dumb, or the console of an old Windows), so a line
	// cannot be redrawn.
	Dumb bool

	// measure sets Width and Height. If it is nil, they do not change.
	measure func(s *Streams)
	// page shows a text with a pager; nil means that no pager can be used.
	page       func(command, text string) bool
	readSecret func() (string, error)
	// saveTerminal returns a function that restores the present state of the terminal. It returns nil if there is no state
	// to restore.
	saveTerminal func() (restore func())
}

// System makes the streams from stdin, stdout and stderr of the process. It reads NO_COLOR, TERM and COLUMNS with
// getenv.
func System(getenv func(string) string) *Streams {
	s := &Streams{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		InTTY:  term.IsTerminal(int(os.Stdin.Fd())),
		OutTTY: term.IsTerminal(int(os.Stdout.Fd())),
		ErrTTY: term.IsTerminal(int(os.Stderr.Fd())),
		Dumb:   getenv("TERM") == "dumb",
	}
	if s.OutTTY && !takesSequences(os.Stdout) || s.ErrTTY && !takesSequences(os.Stderr) {
		s.Dumb = true
	}
	s.readSecret = func() (string, error) {
		b, err := term.ReadPassword(int(os.Stdin.Fd()))
		return string(b), err
	}
	s.saveTerminal = func() func() {
		state, err := term.GetState(int(os.Stdin.Fd()))
		if err != nil {
			return nil
		}
		return func() { _ = term.Restore(int(os.Stdin.Fd()), state) }
	}
	if s.OutTTY {
		s.page = pageWith
		s.measure = func(s *Streams) {
			if w, h, err := term.GetSize(int(os.Stdout.Fd())); err == nil {
				s.Width, s.Height = w, h
			}
			if w, err := strconv.Atoi(getenv("COLUMNS")); err == nil && w > 0 {
				s.Width = w
			}
		}
		s.Measure()
		s.Colour = getenv("NO_COLOR") == "" && !s.Dumb
	}
	return s
}

// Measure reads the terminal's size again, because people resize it while --watch runs.
func (s *Streams) Measure() {
	if s.measure != nil {
		s.measure(s)
	}
}

// Test makes streams from buffers, without a terminal and without colour. A test that needs a terminal sets the
// fields.
func Test(input string) (s *Streams, out, errOut *bytes.Buffer) {
	out, errOut = &bytes.Buffer{}, &bytes.Buffer{}
	s = &Streams{In: bytes.NewBufferString(input), Out: out, Err: errOut}
	s.readSecret = func() (string, error) { return readLine(s.In) }
	s.saveTerminal = func() func() { return nil }
	return s, out, errOut
}

// IsClosedPipe reports whether err means that the reader of our output closed the pipe, as `| head -1` does. That is
// not a failure.
func IsClosedPipe(err error) bool {
	return isBrokenPipe(err) || errors.Is(err, io.ErrClosedPipe)
}
