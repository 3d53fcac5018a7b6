package erldist

import (
	"context"
	"errors"
	"sync"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Rows is a function that sends rows to a process: {Ref,Row,continue} for each row, {Ref,finished} at the end, and
// {Ref,error,Reason} if it fails. The functions that follow a log or events send {Ref,Part,confinue} (this is how
// RabbitMQ spells it), and {Ref,<<>>,finished}.
type Rows struct {
	Module, Function string
	// Args returns the function's arguments for this reference and process.
	Args func(ref erlang.Ref, to erlang.Pid) []erlang.Term
}

// Stream calls the function in r, and passes each row to the function each. It ends when the rows end or when the
// function each returns an error. If the connection ends before the rows do, that is an error.
func (l *Link) Stream(ctx context.Context, r Rows, each func(row erlang.Term) error) error {
	return l.stream(ctx, r, func(rows []erlang.Term) error {
		for _, row := range rows {
			if err := each(row); err != nil {
				return err
			}
		}
		return nil
	})
}

// stream does what Stream does, but calls the function each with all rows that arrived together.
func (l *Link) stream(ctx context.Context, r Rows, each func(rows []erlang.Term) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	m := l.mailbox()
	defer m.close()
	ref := m.ref()
	var called sync.WaitGroup
	defer called.Wait()
	defer cancel(nil)
	called.Go(func() {
		// The rows arrive independently of the function's answer, which some functions send first and some last.
		value, err := l.Call(ctx, Call{Module: r.Module, Function: r.Function, Args: r.Args(ref, m.pid)})
		if err == nil {
			err = r.refused(l, value)
		}
		if err != nil {
			cancel(err)
		}
	})
	for {
		rows, over, err := m.rows(ctx, r, ref)
		if len(rows) > 0 {
			if ours := each(rows); ours != nil {
				return ours
			}
		}
		if err != nil || over {
			return err
		}
	}
}

// rows returns the rows that arrived together. over is true if they were the last ones. Together with an error come the
// rows that arrived before it.
func (m *mailbox) rows(ctx context.Context, r Rows, ref erlang.Ref) (rows []erlang.Term, over bool, err error) {
	for {
		got, err := m.next(ctx)
		if err != nil {
			var why *fail.Error
			if errors.As(context.Cause(ctx), &why) {
				return rows, true, why
			}
			return rows, true, err
		}
		t, _ := got.message.(erlang.Tuple)
		if len(t) >= 2 && t[0] == ref {
			switch {
			case len(t) == 2 && t[1] == erlang.Atom("finished"):
				return rows, true, nil
			case len(t) == 3 && t[2] == erlang.Atom("finished"):
				return rows, true, r.refused(m.link, t[1])
			case len(t) == 3 && (t[2] == erlang.Atom("continue") || t[2] == erlang.Atom("confinue")):
				rows = append(rows, t[1])
			case len(t) == 3 && t[1] == erlang.Atom("error"):
				return rows, true, r.failed(m.link, t[2])
			}
		}
		if len(rows) > 0 && !m.more() {
			return rows, false, nil
		}
	}
}

// refused returns the error in {error,Reason}; nil for any other term.
func (r Rows) refused(l *Link, t erlang.Term) error {
	if pair, ok := t.(erlang.Tuple); ok && len(pair) == 2 && pair[0] == erlang.Atom("error") {
		return r.failed(l, pair[1])
	}
	return nil
}

func (r Rows) failed(l *Link, reason erlang.Term) error {
	return fail.New(fail.Unavailable, "%w", &RowsFailed{Node: l.Node, Function: r.Module + ":" + r.Function,
		Reason: reason})
}

// RowsFailed is the cause of the error if a function that sends rows fails on the node. Reason is the reason that the
// function gives.
type RowsFailed struct {
	Node, Function string
	Reason         erlang.Term
}

func (r *RowsFailed) Error() string {
	return r.Function + " on node " + r.Node + " fails: " + shortened(erlang.Text(r.Reason))
}

// Source is a connection, and the functions to call on it for rows, one after the other.
type Source struct {
	Link *Link
	Rows []Rows
}

// Everywhere streams from all sources at once, since each node sends only its own rows. It calls the function each in
// the caller's own goroutine. The first error ends Everywhere.
func Everywhere(ctx context.Context, sources []Source, each func(row erlang.Term) error) error {
	if len(sources) == 1 {
		return sources[0].inTurn(ctx, each)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	came := make(chan []erlang.Term)
	var all sync.WaitGroup
	for _, s := range sources {
		all.Go(func() {
			for _, r := range s.Rows {
				err := s.Link.stream(ctx, r, func(rows []erlang.Term) error {
					select {
					case came <- rows:
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
	for rows := range came {
		for _, row := range rows {
			if ours != nil {
				break
			}
			if ours = each(row); ours != nil {
				cancel(ours)
			}
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

// inTurn streams from one source, one function after the other.
func (s Source) inTurn(ctx context.Context, each func(row erlang.Term) error) error {
	var ours error
	for _, r := range s.Rows {
		err := s.Link.Stream(ctx, r, func(row erlang.Term) error {
			ours = each(row)
			return ours
		})
		if ours != nil {
			return ours
		}
		if err != nil {
			return fail.InWords(err)
		}
	}
	return nil
}
