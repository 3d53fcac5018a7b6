// Package fail says what kind of failure an error is and what to do next.
//
// A kind is chosen where the failure is understood (the transport, a check of arguments) and passed up unchanged. Only
// package cli knows which exit code it becomes.
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
	Usage       Kind = "usage"       // the command line is wrong; nothing was sent, unless a template failed on an answer
	NotFound    Kind = "not_found"   // the named object does not exist
	Data        Kind = "data"        // the broker refused the data sent to it, or its answer cannot be read
	NoUser      Kind = "no_user"     // the named user does not exist
	Unreachable Kind = "unreachable" // no broker answered: name, port, TLS, proxy
	Unavailable Kind = "unavailable" // a broker answered, but cannot do this: plugin off, endpoint missing, server error
	Internal    Kind = "internal"    // a defect of this program
	Output      Kind = "output"      // the output cannot be written
	Timeout     Kind = "timeout"     // the time of --timeout ended before the first answer, or before a file was read
	Incomplete  Kind = "incomplete"  // part of the answer is printed, or a part of the change is made
	Lost        Kind = "lost"        // no answer to a change came: the change was not made, or may have been made
	Denied      Kind = "denied"      // credentials refused, or this user has no permission
	Config      Kind = "config"      // a configuration file, variable or context is unusable
	Canceled    Kind = "canceled"    // a person answered no, or pressed Ctrl-C
	Unlike      Kind = "unlike"      // the two sides of a comparison, which is printed already, are not the same
	Differs     Kind = "differs"     // an object was left as it is, or is still not as wanted after a change
	Warning     Kind = "warning"     // the verdict of a check, which is printed already
	Critical    Kind = "critical"    // the verdict of a check, which is printed already
	Unknown     Kind = "unknown"     // a check could not judge
)

// Error is a failure with its kind and the next step.
type Error struct {
	Kind Kind
	// Message says what failed, on which broker and object, and why. It is one line without a full stop at its end.
	Message string
	// Hint is the next step, for example a command to run; empty when there is none.
	Hint Advice
	// Err is the cause, for errors.Is and errors.As; its text is not printed again.
	Err error
	// Shown means that the error's text is printed already, so that only the exit code still has to be set.
	Shown bool
}

func (e *Error) Error() string { return e.Message }

func (e *Error) Unwrap() error { return e.Err }

// Unreached is the cause of an error if a broker could not be reached over another way than its management API: AMQP or
// Erlang distribution. Err is the error of the layer below, or nil.
type Unreached struct {
	Over string
	Err  error
}

func (u *Unreached) Error() string { return "not reached over " + u.Over }

func (u *Unreached) Unwrap() error { return u.Err }

// New makes an error of that kind. It keeps the argument of a %w verb as the cause.
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

// Ended returns the error of a context that has ended, in words for people; nil if the context has not ended.
func Ended(ctx context.Context) error {
	switch err := ctx.Err(); {
	case err == nil:
		return nil
	case errors.Is(err, context.DeadlineExceeded), errors.Is(context.Cause(ctx), context.DeadlineExceeded):
		return InWords(context.DeadlineExceeded)
	}
	return InWords(context.Canceled)
}

// InWords replaces Go's errors of a context that has ended by words for people. It returns any other error unchanged.
func InWords(err error) error {
	switch err { //nolint:errorlint // an error that wraps one of these has words of its own
	case context.DeadlineExceeded:
		return &Error{Kind: Timeout, Message: "the time budget ended", Hint: Do(WaitLonger), Err: err}
	case context.Canceled:
		return &Error{Kind: Canceled, Message: "interrupted", Err: err}
	}
	return err
}

// Usagef is New(Usage, …): the command line is wrong.
func Usagef(format string, args ...any) *Error { return New(Usage, format, args...) }

// Verdict is an error that is not printed and only carries a kind to the exit code. The check has printed its text.
func Verdict(kind Kind) *Error { return &Error{Kind: kind, Message: string(kind), Shown: true} }

// KindOf returns the kind of err: Internal for an error without a kind, Timeout or Canceled for a context that has
// ended, and "" for nil.
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

// HintOf returns the next step that err carries, or else that of the error inside it; package steps puts it into words.
func HintOf(err error) Advice {
	for e := (*Error)(nil); errors.As(err, &e); err = e.Err {
		if len(e.Hint) > 0 {
			return e.Hint
		}
	}
	return nil
}

// IsShown reports whether the text of err is printed already.
func IsShown(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Shown
}
