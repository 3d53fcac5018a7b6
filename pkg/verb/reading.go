package verb

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/query"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// reading is a checked request for a listing. It can be sent repeatedly, to one broker or to several.
type reading struct {
	list    List
	sources []source
	query   *query.Query
}

// round is one run of a reading: its rows, and what is known after they were read.
type round struct {
	reading
	// parts has an answer for each broker, with the number of rows before any were filtered out or grouped.
	parts []answer[int]
	// count is the number of rows that the query yielded, after filter, grouping and limit.
	count int
}

// columns returns the columns of the rows.
func (r reading) columns() []record.Column { return r.query.Shown() }

// beside reports whether the rows come from several contexts. A column then names the context of each row.
func (r reading) beside() bool { return r.sources[0].app.Context() != "" }

// rows asks the brokers, and yields the rows that pass the query. An error ends only the rows of its broker, and is
// stored in parts.
func (r *round) rows(ctx context.Context, progress func(format string, args ...any)) iter.Seq[record.Row] {
	r.parts = make([]answer[int], len(r.sources))
	source := r.one(ctx, progress)
	if r.beside() {
		source = r.several(ctx, progress)
	}
	return func(yield func(record.Row) bool) {
		for row := range r.query.Rows(source) {
			if r.count++; r.count%1000 == 0 && !r.beside() {
				progress("%d %s so far", r.count, r.list.Table.Noun)
			}
			if !yield(row) {
				return
			}
		}
	}
}

// one yields the rows of the only broker.
func (r *round) one(ctx context.Context, progress func(string, ...any)) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		r.read(ctx, 0, r.query.Columns(), progress, func(row record.Row) bool { return yield(row, nil) })
	}
}

// errEnough ends readers whose rows are no longer wanted.
var errEnough = errors.New("enough rows")

// several reads the brokers at the same time, and yields all rows with the names of their contexts.
func (r *round) several(ctx context.Context, progress func(string, ...any)) iter.Seq2[record.Row, error] {
	columns := r.query.Columns()
	at := record.IndexOf(columns, besideName)
	if at >= 0 {
		columns = slices.Delete(slices.Clone(columns), at, at+1)
	}
	return func(yield func(record.Row, error) bool) {
		ctx, enough := context.WithCancelCause(ctx)
		var readers sync.WaitGroup
		// After this function returns, no reader may write to the parts.
		defer readers.Wait()
		defer enough(errEnough)
		var count atomic.Int64
		to := newLanes(len(r.sources))
		for i, lane := range slices.Clone(to.order) {
			readers.Go(func() {
				defer to.end(lane)
				context := r.sources[i].app.Context()
				whose := record.Of(context)
				r.read(ctx, i, columns, progress, func(row record.Row) bool {
					if n := count.Add(1); n%1000 == 0 {
						progress("%d %s so far", n, r.list.Table.Noun)
					}
					for i, c := range columns[:min(len(columns), len(row))] {
						row[i] = cellIn(context, c, row[i])
					}
					if at >= 0 {
						row = slices.Insert(row[:len(row):len(row)], min(at, len(row)), whose)
					}
					return to.put(lane, row)
				})
			})
		}
		for row := range to.all() {
			if !yield(row, nil) {
				return
			}
		}
	}
}

// read reads the rows of one broker, and stores in its part how the reading ended.
func (r *round) read(ctx context.Context, i int, columns []record.Column, progress func(string, ...any),
	pass func(record.Row) bool) {
	p := &r.parts[i]
	p.source = r.sources[i]
	_, p.err = within(ctx, p.source, progress, &p.notes, func(ctx context.Context, s source) (int, error) {
		for row, err := range r.list.Rows(ctx, s.client, s.ask, columns) {
			switch {
			case err != nil && p.got == 0:
				return 0, Explain(ctx, s.client, err, s.ask.VHost)
			case err != nil:
				return p.got, err
			}
			p.got++
			if !pass(row) {
				return p.got, nil
			}
		}
		if why := r.whyEmpty(ctx, p); why != "" {
			p.notes = append(p.notes, why)
		}
		return p.got, nil
	})
	if errors.Is(context.Cause(ctx), errEnough) {
		p.err = nil // the rows were not wanted any more
	}
}

// end returns the error of an incomplete round: why there are no rows, or that rows are missing.
func (r *round) end() error {
	printed := ""
	if r.count > 0 {
		printed = prose.Plural(r.count, "row", "rows") + " printed, "
	}
	err := failure(r.parts, printed)
	if err == nil || r.beside() || r.count == 0 && fail.KindOf(err) != fail.Incomplete {
		return err
	}
	return incomplete(err, r.count, r.query.Grouped())
}

// answered reports whether at least one broker gave a complete answer, even without rows.
func (r *round) answered() bool {
	return slices.ContainsFunc(r.parts, func(p answer[int]) bool { return p.complete() })
}

// whyEmpty returns the message that a listing is empty because the user has access to no virtual host, and "" in any
// other case. To such a user every broker looks empty, whatever the user's tags.
func (r *round) whyEmpty(ctx context.Context, p *answer[int]) string {
	if p.got > 0 || !r.list.Scoped || p.ask.VHost != "" {
		return ""
	}
	if blind, err := p.client.SeesNothing(ctx); err != nil || !blind {
		return ""
	}
	user := p.client.Username()
	return "user " + user + " has access to no virtual host, so it sees no " + r.list.Table.Noun +
		"; as an administrator: " + fail.Command("set_permissions", "-p", "/", user, "^$", "^$", "^$") + " gives access to " +
		"virtual host /, without permission to configure, write or read"
}

// incomplete returns an error that says that only a part of the rows was printed. It returns the error of Ctrl-C
// unchanged.
func incomplete(err error, rows int, grouped bool) error {
	if fail.KindOf(err) == fail.Canceled {
		return err
	}
	printed := prose.Plural(rows, "row was", "rows were") + " printed before this error"
	if grouped {
		printed = prose.Plural(rows, "group was", "groups were") + " printed, of the rows read before this error"
	}
	e := fail.New(fail.Incomplete, "incomplete: %s: %w", printed, err)
	e.Hint = fail.HintOf(err)
	return e
}

// withContext returns the listing's table with an additional column for the context of each row.
func withContext(t record.Table) record.Table {
	t.Columns = append([]record.Column{contextColumn()}, t.Columns...)
	t.Default = append([]string{besideName}, t.Default...)
	return t
}

// besideWords adds the context in front of the names of the wanted columns. It returns them unchanged if they name the
// context already, or if there are none, which means the default columns.
func besideWords(words []string) []string {
	named := slices.ContainsFunc(words, func(w string) bool { return slices.Contains(strings.Split(w, ","), besideName) })
	if len(words) == 0 || named {
		return words
	}
	return append([]string{besideName}, words...)
}
