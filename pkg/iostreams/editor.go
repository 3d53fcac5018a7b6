package iostreams

import (
	"context"
	"errors"
	"io"
	"os"

	"golang.org/x/term"
)

// Editor reads lines. At a terminal the user can edit a line, and the arrow keys bring earlier lines back; a dumb
// terminal gets only the prompt. Elsewhere Editor reads lines of In and shows no prompt.
type Editor struct {
	s    *Streams
	file *os.File
	t    *term.Terminal
}

// NewEditor makes an Editor. Its earlier lines are only the lines that this Editor has read: no file keeps them.
func (s *Streams) NewEditor() *Editor {
	e := &Editor{s: s}
	file, ok := s.In.(*os.File)
	if ok && s.CanPrompt() && !s.Dumb {
		e.file = file
		e.t = term.NewTerminal(struct {
			io.Reader
			io.Writer
		}{s.In, s.Err}, "")
	}
	return e
}

// ReadLine reads a line. It returns io.EOF at the end of the input, for example after Ctrl-D, and after Ctrl-C while a
// line is edited.
func (e *Editor) ReadLine(ctx context.Context, prompt string) (string, error) {
	switch {
	case e.t != nil:
		return e.edited(ctx, prompt)
	case e.s.CanPrompt():
		return e.s.Ask(ctx, prompt)
	}
	return await(ctx, func() (string, error) { return readLine(e.s.In) }, func() {})
}

// edited reads a line with the terminal in raw mode. It then restores the mode, so that between two lines Ctrl-C
// interrupts the running command.
func (e *Editor) edited(ctx context.Context, prompt string) (string, error) {
	fd := int(e.file.Fd())
	state, err := term.MakeRaw(fd)
	if err != nil {
		return e.s.Ask(ctx, prompt)
	}
	defer func() { _ = term.Restore(fd, state) }()
	if width, height, err := term.GetSize(fd); err == nil {
		_ = e.t.SetSize(width, height)
	}
	e.t.SetPrompt(printable(prompt))
	line, err := await(ctx, e.t.ReadLine, func() {})
	if errors.Is(err, term.ErrPasteIndicator) {
		err = nil
	}
	return line, err
}
