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

// grace is the time that the shell command gets to end by itself after rabbitctl has sent it SIGTERM.
const grace = 500 * time.Millisecond

// Shell runs a shell command with an empty standard input and returns its output. If the command prints more than
// largest bytes, Shell ends it and returns an error that says so. When ctx ends, Shell ends the command and returns
// ctx's error. If Ctrl-C is pressed while the command uses the terminal, Shell returns context.Canceled. stderr
// receives the standard error of the command; nil drops it.
//
// The shell is sh, or cmd.exe on Windows. The command runs in its own process group, on Windows in a job, and the group
// is killed when the command ends. If the command needs the terminal, for example to ask for a passphrase, it gets the
// terminal.
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

// tooMuch is the error for a command that printed more bytes than this number.
type tooMuch int

func (n tooMuch) Error() string {
	return "it printed more than " + prose.Limit(int64(n))
}

// limited keeps the output of a command. left is the number of bytes that it can still keep. If more bytes come, it
// calls full and returns an error.
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
