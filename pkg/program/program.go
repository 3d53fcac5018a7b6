// Package program runs a shell command that a person configured, such as a password command. The command and all
// processes that it started end with its context, and its output is bounded.
package program

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/prose"
)

// grace is the time that a command gets to end after SIGTERM.
const grace = 500 * time.Millisecond

// Shell runs a shell command with an empty standard input and returns its output. If it prints more than largest
// bytes, it is ended, and the error says so. When ctx ends, the command is ended and the error is ctx's; Ctrl-C
// at the terminal while the command uses it is context.Canceled. stderr receives the standard error; nil drops it.
//
// The shell is sh, and cmd.exe on Windows. The command runs in its own process group, on Windows in a job, and the
// group is killed when the command ends. If the command needs the terminal, for example to ask for a passphrase, it
// gets the terminal.
func Shell(ctx context.Context, command string, largest int, stderr io.Writer) ([]byte, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	out := &limited{left: largest, full: func() { cancel(tooMuch(largest)) }}
	cmd := shell(ctx, command)
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = out, stderr, grace
	err := runGroup(cmd)
	var tooMuchErr tooMuch
	switch cause := context.Cause(ctx); {
	case errors.As(cause, &tooMuchErr):
		return nil, tooMuchErr
	case cause != nil:
		return nil, cause
	}
	return out.text.Bytes(), err
}

// tooMuch is the error for more output than that many bytes.
type tooMuch int

func (n tooMuch) Error() string {
	return "it printed more than " + prose.Limit(int64(n))
}

// limited keeps up to left bytes, and calls full when there are more.
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
