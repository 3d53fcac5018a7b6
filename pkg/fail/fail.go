// Package fail says what kind of failure an error is and what to do next.
//
// A kind is decided where the failure is understood (the transport, an argument check) and carried up unchanged;
// which exit code it becomes is known only to package cli.
package fail

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Kind is a class of failure that a caller can act on.
type Kind string

const (
	Usage       Kind = "usage"       // the command line is wrong; nothing was sent
	NotFound    Kind = "not_found"   // the named object does not exist
	Data        Kind = "data"        // the broker refused what was sent, or sent what cannot be read
	NoUser      Kind = "no_user"     // the named user does not exist
	Unreachable Kind = "unreachable" // no broker answered: name, port, TLS, proxy
	Unavailable Kind = "unavailable" // a broker answered, but cannot do this: plugin off, endpoint missing, server error
	Internal    Kind = "internal"    // a defect of this program
	Output      Kind = "output"      // what was to be printed cannot be written
	Timeout     Kind = "timeout"     // the time budget ended before the first answer
	Incomplete  Kind = "incomplete"  // part of the answer is printed, the rest could not be had
	Lost        Kind = "lost"        // a change was sent and its answer lost; it was not done, or is not known to be
	Denied      Kind = "denied"      // credentials refused, or this user may not
	Config      Kind = "config"      // a configuration file, variable or context is unusable
	Canceled    Kind = "canceled"    // a person said no, or pressed Ctrl-C
	Differs     Kind = "differs"     // the object exists and is not what was asked for
	Warning     Kind = "warning"     // a check's verdict; its text is already printed
	Critical    Kind = "critical"    // a check's verdict; its text is already printed
	Unknown     Kind = "unknown"     // a check could not judge
)

// Error is a failure with its kind and the next step.
type Error struct {
	Kind Kind
	// Message says what failed, on which broker and object, and why; one line, no trailing full stop.
	Message string
	// Hint is the next step, for example a command to run; empty when there is none.
	Hint string
	// Err is the cause, for errors.Is and errors.As; it is not printed again.
	Err error
	// Shown means that the text is on the screen already and only the exit code is left to set.
	Shown bool
}

func (e *Error) Error() string { return e.Message }

func (e *Error) Unwrap() error { return e.Err }

// New makes an error of the kind. A %w verb keeps the cause.
func New(kind Kind, format string, args ...any) *Error {
	args = slices.Clone(args)
	for i, a := range args {
		if cause, ok := a.(error); ok {
			args[i] = InWords(cause)
		}
	}
	err := fmt.Errorf(format, args...)
	return &Error{Kind: kind, Message: err.Error(), Err: errors.Unwrap(err)}
}

// Ended is the error about a context that has ended, in words for people; nil while it goes on.
func Ended(ctx context.Context) error {
	switch err := ctx.Err(); {
	case err == nil:
		return nil
	case errors.Is(err, context.DeadlineExceeded), errors.Is(context.Cause(ctx), context.DeadlineExceeded):
		return InWords(context.DeadlineExceeded)
	}
	return InWords(context.Canceled)
}

// InWords says for people what Go says of a context that has ended; any other error stays as it is.
func InWords(err error) error {
	switch err { //nolint:errorlint // one that is wrapped has words of its own
	case context.DeadlineExceeded:
		return &Error{Kind: Timeout, Message: "the time budget ended", Hint: "a longer --timeout waits longer", Err: err}
	case context.Canceled:
		return &Error{Kind: Canceled, Message: "interrupted", Err: err}
	}
	return err
}

// Usagef is New(Usage, …): the command line is wrong.
func Usagef(format string, args ...any) *Error { return New(Usage, format, args...) }

// Next returns the error with the next step added.
func (e *Error) Next(format string, args ...any) *Error {
	e.Hint = fmt.Sprintf(format, args...)
	return e
}

// Verdict is the silent error that carries a kind to the exit code after its text was printed.
func Verdict(kind Kind) *Error { return &Error{Kind: kind, Message: string(kind), Shown: true} }

// KindOf is the kind of err: Internal for an error nobody classified, Timeout and Canceled for a context's end.
// It is the empty kind for nil.
func KindOf(err error) Kind {
	var e *Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		return e.Kind
	case errors.Is(err, context.DeadlineExceeded):
		return Timeout
	case errors.Is(err, context.Canceled):
		return Canceled
	}
	return Internal
}

// HintOf is the next step that err carries, or "".
func HintOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Hint
	}
	return ""
}

// IsShown tells whether the text of err is on the screen already.
func IsShown(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Shown
}
