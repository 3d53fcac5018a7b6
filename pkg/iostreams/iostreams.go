// Package iostreams is what a command may read from and write to, and what is known about the terminal behind it.
//
// Data goes to Out, everything else to Err. A command never touches the process's own streams, so every one can be
// tested with buffers.
package iostreams

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strconv"
	"syscall"

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

	// Width is the terminal's width in columns; 0 when Out is no terminal or the width is not known.
	Width int
	// Height is how many lines the terminal has; 0 when Out is no terminal or that is not known.
	Height int
	// Colour says whether Out may hold SGR sequences: a terminal, and NO_COLOR is not set.
	Colour bool

	// Dumb says that the terminal knows no control sequences (TERM=dumb), so that no line can be drawn anew.
	Dumb bool

	// measure sets Width and Height; nil: they stay as they are.
	measure func(s *Streams)
	// page shows a text with a pager; nil: there is none.
	page       func(command, text string) bool
	readSecret func() (string, error)
	// saveTerminal returns what puts the terminal back as it is now; it returns nil where there is nothing to put back.
	saveTerminal func() (restore func())
}

// System makes streams of the process's own files. getenv is asked for NO_COLOR, TERM and COLUMNS.
func System(getenv func(string) string) *Streams {
	s := &Streams{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		InTTY:  term.IsTerminal(int(os.Stdin.Fd())),
		OutTTY: term.IsTerminal(int(os.Stdout.Fd())),
		ErrTTY: term.IsTerminal(int(os.Stderr.Fd())),
		Dumb:   getenv("TERM") == "dumb",
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

// Measure looks at the terminal's size anew: people change it while something repeats itself.
func (s *Streams) Measure() {
	if s.measure != nil {
		s.measure(s)
	}
}

// Test makes streams over buffers: no terminal, no colour. A test that wants a terminal sets the fields.
func Test(input string) (s *Streams, out, errOut *bytes.Buffer) {
	out, errOut = &bytes.Buffer{}, &bytes.Buffer{}
	s = &Streams{In: bytes.NewBufferString(input), Out: out, Err: errOut}
	s.readSecret = func() (string, error) { return readLine(s.In) }
	s.saveTerminal = func() func() { return nil }
	return s, out, errOut
}

// IsClosedPipe tells whether err means that the reader of our output went away, as `| head -1` does. The rest of the
// output is then not wanted, which is no failure.
func IsClosedPipe(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe)
}
