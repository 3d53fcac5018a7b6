package app

import (
	"context"
	"errors"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// A question waits no longer than --timeout, because the facts in it grow old, and because a command may have been
// started in the wrong terminal. The time that the person takes does not count as time for the broker.

// Ask asks a person for a line of text. It fails with kind Timeout when --timeout ends first.
func (a *App) Ask(ctx context.Context, question string) (string, error) {
	return asked(ctx, a, func(ctx context.Context) (string, error) { return a.IO.Ask(ctx, question) })
}

// AskSecret asks a person for a text without showing it. It fails with kind Timeout when --timeout ends first.
func (a *App) AskSecret(ctx context.Context, question string) (string, error) {
	return asked(ctx, a, func(ctx context.Context) (string, error) { return a.IO.ReadSecret(ctx, question) })
}

// Confirm asks a person whether a change may go on. Anything but y or yes is no.
func (a *App) Confirm(ctx context.Context, question string) (bool, error) {
	yes, err := asked(ctx, a, func(ctx context.Context) (bool, error) { return a.IO.Confirm(ctx, question) })
	var failErr *fail.Error
	if errors.As(err, &failErr) {
		failErr.Message += "; nothing was changed"
	}
	return yes, err
}

// ReadLine reads a line of standard input without asking. The parameter what is the name of the line in an error.
func (a *App) ReadLine(ctx context.Context, what string) (string, error) {
	line, err := a.IO.ReadLine(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return "", timeout(err, "no line with %s came on standard input in time", what)
	}
	return line, err
}

func asked[T any](ctx context.Context, a *App, ask func(context.Context) (T, error)) (T, error) {
	length := a.timeLimit()
	if length > 0 {
		bounded, cancel := context.WithTimeout(ctx, length)
		defer cancel()
		ctx = bounded
	}
	defer a.time.restart()
	answer, err := ask(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return answer, timeout(err, "no answer within %s", length.Round(time.Millisecond))
	}
	return answer, err
}

func timeout(cause error, format string, args ...any) error {
	e := fail.New(fail.Timeout, format, args...).Do(fail.WaitLonger)
	e.Err = cause
	return e
}

// NewPassword reads the password of a user of the broker from the source that the flags name. flag is the prefix of the
// names of these flags.
func (a *App) NewPassword(ctx context.Context, from config.PasswordFrom, flag string) (string, error) {
	ctx, cancel := a.time.local(ctx, a.timeLimit())
	defer cancel()
	return from.Read(ctx, a.input(), flag)
}
