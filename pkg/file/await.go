// Package file reads and writes what people name as a file. That can be a pipe into which nobody writes, a device that never
// ends, or a link. So reading ends with its context and at a size, writing is whole or not at all, and whoever reads a file to
// change it can lock it. Errors are of kind Config, or of kind Timeout or Canceled when the context ended first.
package file

import (
	"context"
	"errors"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// readySoon is how long what is done at once may take when the context has ended already: a verdict that the time is over has to be
// written all the same, and a missing file is to be reported as missing.
const readySoon = 200 * time.Millisecond

// Await does work that nothing can interrupt, such as opening a pipe, and waits for it until ctx ends; then the error is
// ctx's. Work that is given up goes on until the program exits, and what it would still get is dropped.
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

// trouble gives an error the kind that it has. waiting says what took so long.
func trouble(err error, path, waiting, next string) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.DeadlineExceeded):
		return late(fail.Timeout, err, "%s: %s within --timeout", path, waiting).Next("%s", next)
	case errors.Is(err, context.Canceled):
		return late(fail.Canceled, err, "interrupted: %s: %s", path, waiting)
	case fail.KindOf(err) != fail.Internal:
		return err
	}
	return fail.New(fail.Config, "%w", err)
}

// late keeps the context's error as the cause, and its words out of the message.
func late(kind fail.Kind, cause error, format string, args ...any) *fail.Error {
	e := fail.New(kind, format, args...)
	e.Err = cause
	return e
}
