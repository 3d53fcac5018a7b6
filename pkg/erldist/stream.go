package erldist

import (
	"context"
	"errors"
	"sync"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Rows is a function that sends rows to a process: {Ref,Row,continue} for each, and {Ref,finished} at the end. What
// follows a log or events sends {Ref,Part,confinue}, spelt so, and {Ref,<<>>,finished}.
type Rows struct {
	Module, Function string
	// Args are its arguments for this reference and process.
	Args func(ref erlang.Ref, to erlang.Pid) []erlang.Term
}

// Stream calls the function and hands out each row. The end of the connection is never the end of the rows.
func (l *Link) Stream(ctx context.Context, r Rows, each func(row erlang.Term) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	m := l.mailbox()
	defer m.close()
	ref := m.ref()
	var called sync.WaitGroup
	defer called.Wait()
	defer cancel(nil)
	called.Go(func() {
		// The rows come beside the answer, which some functions give first and some last.
		value, err := l.Call(ctx, Call{Module: r.Module, Function: r.Function, Args: r.Args(ref, m.pid)})
		if err == nil {
			err = r.refused(l, value)
		}
		if err != nil {
			cancel(err)
		}
	})
	for {
		got, err := m.next(ctx)
		if err != nil {
			var why *fail.Error
			if errors.As(context.Cause(ctx), &why) {
				return why
			}
			return err
		}
		t, _ := got.message.(erlang.Tuple)
		if len(t) < 2 || t[0] != ref {
			continue
		}
		switch {
		case len(t) == 2 && t[1] == erlang.Atom("finished"):
			return nil
		case len(t) == 3 && t[2] == erlang.Atom("finished"):
			return r.refused(l, t[1])
		case len(t) == 3 && (t[2] == erlang.Atom("continue") || t[2] == erlang.Atom("confinue")):
			if err := each(t[1]); err != nil {
				return err
			}
		case len(t) == 3 && t[1] == erlang.Atom("error"):
			return r.failed(l, t[2])
		}
	}
}

// refused is the error in {error,Reason}; nil for any other term.
func (r Rows) refused(l *Link, t erlang.Term) error {
	if pair, ok := t.(erlang.Tuple); ok && len(pair) == 2 && pair[0] == erlang.Atom("error") {
		return r.failed(l, pair[1])
	}
	return nil
}

func (r Rows) failed(l *Link, reason erlang.Term) error {
	return fail.New(fail.Unavailable, "%s:%s on node %s fails: %s", r.Module, r.Function, l.Node,
		shortened(erlang.Text(reason)))
}

// Everywhere streams from all the nodes at once, since each sends only what it has itself, and from each all that is
// asked for, one after the other. each is called by the caller's own goroutine. The first error ends it.
func Everywhere(ctx context.Context, links []*Link, rows []Rows, each func(row erlang.Term) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	came := make(chan erlang.Term, waiting)
	var all sync.WaitGroup
	for _, l := range links {
		all.Go(func() {
			for _, r := range rows {
				err := l.Stream(ctx, r, func(row erlang.Term) error {
					select {
					case came <- row:
						return nil
					case <-ctx.Done():
						return fail.Ended(ctx)
					}
				})
				if err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	go func() {
		all.Wait()
		close(came)
	}()
	var ours error
	for row := range came {
		if ours != nil {
			continue
		}
		if ours = each(row); ours != nil {
			cancel(ours)
		}
	}
	if ours != nil || ctx.Err() == nil {
		return ours
	}
	if first := context.Cause(ctx); first != nil {
		return fail.InWords(first)
	}
	return fail.Ended(ctx)
}
