// Package cli is devbroker's command line: flags, output and exit codes.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// env holds the streams and the environment of a command.
type env struct {
	in     io.Reader
	out    io.Writer
	err    io.Writer
	getenv func(string) string
	// started is set after cobra's checks of the arguments: any earlier error is a usage error.
	started bool
}

// Main runs devbroker with the arguments, without the program's name, and returns the exit code.
func Main(args []string) int {
	// If the reader of the output closes the pipe (head, grep -q), the command must get an error and clean up. SIGPIPE
	// is caught and not ignored, because the tool of ctl would inherit an ignored signal.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	e := &env{in: os.Stdin, out: os.Stdout, err: os.Stderr, getenv: os.Getenv}
	return e.run(ctx, args)
}

func (e *env) run(ctx context.Context, args []string) int {
	root := newRoot(e)
	root.SetArgs(args)
	root.SetIn(e.in)
	root.SetOut(e.out)
	root.SetErr(e.err)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	if errors.Is(err, syscall.EPIPE) {
		return 0
	}
	var known *fail.Error
	if !e.started && !errors.As(err, &known) {
		err = fail.Usagef("%s", firstLine(err.Error()))
	}
	if !fail.IsShown(err) {
		fmt.Fprintf(e.err, "devbroker: %s\n", err)
		if hint := steps.Of(err); hint != "" {
			fmt.Fprintf(e.err, "  %s\n", hint)
		}
	}
	return exitCode(err)
}

// exitCode is the sysexits code of an error's kind, the same as rabbitctl's, except 75 for Canceled. Kinds that
// devbroker does not use get 70.
func exitCode(err error) int {
	switch fail.KindOf(err) {
	case "":
		return 0
	case fail.Usage:
		return 64
	case fail.NotFound, fail.Data:
		return 65
	case fail.Unreachable, fail.Unavailable:
		return 69
	case fail.Timeout, fail.Incomplete, fail.Canceled:
		return 75
	case fail.Denied:
		return 77
	case fail.Config:
		return 78
	}
	return 70
}

// firstLine cuts off the suggestions that cobra appends to an unknown command.
func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
