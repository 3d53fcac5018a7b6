// Package cli is the program rabbitctl: the command tree, the printing of errors, and the exit code for each kind of
// failure.
package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/render"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// Main runs the program with the standard streams of the process, and returns its exit code. argv[0] is the program's
// name.
func Main(argv, environ []string) int {
	// With SIGPIPE caught, a write to a closed pipe returns an error, so `rabbitctl … | head -1` can end without a
	// failure. SIGPIPE is not ignored, because a password command would inherit that.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	ends := []os.Signal{syscall.SIGTERM}
	// A signal that was ignored when the program started stays ignored: a hang-up under nohup, or Ctrl-C in a background
	// job of a shell script.
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGHUP} {
		if !signal.Ignored(s) {
			ends = append(ends, s)
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), ends...)
	defer stop()
	// The first signal ends the running command in an orderly way. After it, signals have their default effect again: a
	// second one ends the program at once, whatever it waits for.
	context.AfterFunc(ctx, stop)
	a := app.New(nil, environ, Version())
	a.IO = iostreams.System(a.Getenv)
	return Run(ctx, a, asCalled(argv))
}

// Run runs one command line and returns the exit code.
func Run(ctx context.Context, a *app.App, args []string) (code int) {
	out := &watched{Writer: a.IO.Out}
	a.IO.Out = out
	at := commandAt(args)
	ours := groupsFor(args, at)
	args = meant(args, at, everything(ours))
	root := rootFor(a, ours, args)
	root.SetArgs(args)
	if at >= 0 {
		root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return flagError(cmd, err, args[at:]) })
	}
	defer func() {
		if r := recover(); r != nil {
			// Print no stack trace: it does not help a person at a terminal. The next step says how to report the defect.
			fmt.Fprintf(a.IO.Err, "rabbitctl: internal error: %s\n", render.Escape(prose.OneLine(fmt.Sprint(r))))
			fmt.Fprintln(a.IO.Err, "  next: please report it with the command line and the version (rabbitctl version)")
			code = exitCode(fail.Internal)
		}
	}()
	ran, err := root.ExecuteContextC(ctx)
	if err == nil {
		err = strayBesideHelp(ran)
	}
	if out.err != nil && !iostreams.IsClosedPipe(out.err) {
		// Not every command notices a failed write (help does not). If the command returned another error too, print that one
		// first.
		if fail.KindOf(err) != fail.Internal && err != nil && !fail.IsShown(err) {
			report(a, ran, classify(err))
		}
		err = fail.New(fail.Output, "the output cannot be written: %s", reason(out.err)).Next("the disk may be full")
	}
	// If an error about a closed pipe has a kind, it concerns the connection to the broker, and is a failure. Otherwise
	// the reader of rabbitctl's own output closed the pipe, and that is no failure.
	if err == nil || fail.KindOf(err) == fail.Internal && iostreams.IsClosedPipe(err) {
		return 0
	}
	err = classify(err)
	if !fail.IsShown(err) {
		report(a, ran, err)
	}
	return exitCode(fail.KindOf(err))
}

// classify turns errors of the flag library, and errors about the end of a context, into errors with a kind and plain
// words.
func classify(err error) error {
	var known *fail.Error
	switch {
	case errors.As(err, &known):
		return err
	case errors.Is(err, context.Canceled):
		return fail.InWords(context.Canceled)
	case errors.Is(err, context.DeadlineExceeded):
		return fail.New(fail.Timeout, "no answer in time").Do(fail.WaitLonger)
	}
	if fail.KindOf(err) != fail.Internal {
		return err
	}
	for _, usage := range []string{"unknown command", "unknown flag", "unknown shorthand", "flag needs an argument",
		"invalid argument", "required flag", "if any flags in the group"} {
		if strings.HasPrefix(err.Error(), usage) {
			return fail.New(fail.Usage, "%w", err)
		}
	}
	return err
}

// report prints the error on one line, and the next step on a second line.
func report(a *app.App, cmd *cobra.Command, err error) {
	who := "rabbitctl"
	if cmd != nil && cmd.HasParent() {
		who = cmd.CommandPath()
	}
	width := 0
	if a.IO.ErrTTY {
		width = a.IO.Width
	}
	fmt.Fprintln(a.IO.Err, render.Message(who+": "+render.Escape(err.Error()), width))
	words := steps.Of
	if cmd != nil && cmd.Name() == "as" {
		words = steps.OfTool
	}
	if hint := words(err); hint != "" {
		fmt.Fprintln(a.IO.Err, render.Message("  next: "+render.Escape(hint), width))
	}
}
