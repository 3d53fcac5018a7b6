// Package file reads and writes files that people name. Such a file can be a pipe without a writer, a device without an
// end, or a symbolic link. So reading stops when its context ends or the file exceeds a largest size, Replace writes a
// regular file completely or not at all, and a file can be locked while it is changed. Errors of reading, Lock and
// Replace have kind Config, or Timeout or Canceled if the context ended first. Errors of Create, Folder and Notes have
// kind Output.
package file

import (
	"context"
	"errors"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// readySoon is the time that quick work may still take if the context has ended before it. A check must still write its
// verdict after --timeout, and a missing file must be reported as missing.
const readySoon = 200 * time.Millisecond

// Await runs work that cannot be interrupted, such as opening a pipe, and waits for it until ctx ends. If ctx ends
// first, Await returns the error of ctx. The work itself goes on until the program exits, and its result is dropped.
func Await[T any](ctx context.Context, work func() (T, error)) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	done := make(chan outcome, 1)
	go func() {
		value, err := work()
		done <- outcome{value, err}
	}()
	select {
	case o := <-done:
		return o.value, o.err
	case <-ctx.Done():
	}
	select {
	case o := <-done:
		return o.value, o.err
	case <-time.After(readySoon):
		var none T
		return none, ctx.Err()
	}
}

// withKind gives an error its kind. The parameter waiting says what did not finish in time.
func withKind(err error, path, waiting string, next fail.Advice) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.DeadlineExceeded):
		return timeoutError(fail.Timeout, err, "%s: %s in time", path, waiting).Advise(next)
	case errors.Is(err, context.Canceled):
		return timeoutError(fail.Canceled, err, "interrupted: %s: %s", path, waiting)
	case fail.KindOf(err) != fail.Internal:
		return err
	}
	return fail.New(fail.Config, "%w", err)
}

// timeoutError makes an error with the context's error as its cause, but without its text.
func timeoutError(kind fail.Kind, cause error, format string, args ...any) *fail.Error {
	e := fail.New(kind, format, args...)
	e.Err = cause
	return e
}
