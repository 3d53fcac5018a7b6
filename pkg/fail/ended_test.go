package fail_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// TestEnded: the message says in words that the time is over or that the command was interrupted; kind and cause say
// so to programs.
func TestEnded(t *testing.T) {
	t.Parallel()
	if err := fail.Ended(t.Context()); err != nil {
		t.Error(err)
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	late, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	lateElsewhere, stop := context.WithCancelCause(t.Context())
	stop(context.DeadlineExceeded)
	for _, c := range []struct {
		ctx   context.Context
		kind  fail.Kind
		cause error
		says  string
	}{
		{canceled, fail.Canceled, context.Canceled, "interrupted"},
		{late, fail.Timeout, context.DeadlineExceeded, "the time budget ended"},
		{lateElsewhere, fail.Timeout, context.DeadlineExceeded, "the time budget ended"},
	} {
		err := fail.Ended(c.ctx)
		if fail.KindOf(err) != c.kind || !errors.Is(err, c.cause) || err.Error() != c.says {
			t.Errorf("%s: %v", fail.KindOf(err), err)
		}
		// The same holds inside a longer sentence.
		for _, told := range []error{fail.InWords(c.ctx.Err()), fail.New(fail.Incomplete, "3 rows, then: %w", c.ctx.Err()),
			fail.New(fail.Incomplete, "3 rows, then: %s", c.ctx.Err())} {
			if strings.Contains(told.Error(), "context") {
				t.Error(told)
			}
		}
	}
	if err := errors.New("other"); !errors.Is(fail.InWords(err), err) || fail.InWords(nil) != nil {
		t.Error("another error is changed")
	}
}
