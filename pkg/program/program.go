// Package program runs a program of this machine that a person named: no longer than its context lasts, together with all that it
// starts, and without reading more of it than is wanted.
package program

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"
)

// grace is how long a program that was told to end may take for it.
const grace = 500 * time.Millisecond

// Shell runs a command by the shell, with an empty standard input, and gives what it prints. More than largest bytes of it are
// an error, and end it. When ctx ends it is ended with all that it has started, and the error is ctx's; Ctrl-C at a terminal that
// the command uses is context.Canceled, too. stderr is its standard error; nil: that goes nowhere.
//
// The command and what it starts are a process group of their own, which ends with the command. Where it asks for the terminal,
// as a program does that wants a passphrase typed, it is lent the terminal.
func Shell(ctx context.Context, command string, largest int, stderr io.Writer) ([]byte, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	out := &limited{left: largest, full: func() { cancel(tooMuch(largest)) }}
	cmd := exec.CommandContext(ctx, "sh", "-c", command)
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = out, stderr, grace
	err := runGroup(cmd)
	var much tooMuch
	switch cause := context.Cause(ctx); {
	case errors.As(cause, &much):
		return nil, much
	case cause != nil:
		return nil, cause
	}
	return out.text.Bytes(), err
}

// tooMuch is the error of a program that printed more than so many bytes.
type tooMuch int

func (n tooMuch) Error() string {
	return fmt.Sprintf("it printed more than %d KiB", int(n)>>10)
}

// limited keeps so many bytes, and calls full when there are more.
type limited struct {
	text bytes.Buffer
	left int
	full func()
}

func (l *limited) Write(p []byte) (int, error) {
	if len(p) > l.left {
		l.full()
		return 0, io.ErrShortWrite
	}
	l.left -= len(p)
	return l.text.Write(p)
}
