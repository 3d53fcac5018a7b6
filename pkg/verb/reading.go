package verb

import (
	"context"
	"iter"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/query"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// reading is a checked request for a listing, which can be sent again and again.
type reading struct {
	list   List
	client *broker.Client
	ask    Ask
	query  *query.Query
}

// round is one answer: its rows, and what is known after they were read.
type round struct {
	reading
	// notes are what people should know beside the rows.
	notes []string
	// count is the number of rows, and sent that of those which the broker had, before anything was filtered out or
	// grouped.
	count, sent int
	// failed is the error that ended the rows; nil if the rows are complete.
	failed error
}

// columns are those of the rows.
func (r reading) columns() []record.Column { return r.query.Shown() }

// rows asks the broker, and passes on what is wanted. An error ends them, and is in the round.
func (r *round) rows(ctx context.Context, progress func(format string, args ...any)) iter.Seq[record.Row] {
	ask := r.ask
	ask.Host = ask.during(progress).keeping(&r.notes)
	return func(yield func(record.Row) bool) {
		for row, err := range r.query.Rows(counted(r.list.Rows(ctx, r.client, ask, r.query.Columns()), &r.sent)) {
			if err != nil {
				r.failed = err
				return
			}
			if r.count++; r.count%1000 == 0 {
				progress("%d %s so far", r.count, r.list.Table.Noun)
			}
			if !yield(row) {
				return
			}
		}
	}
}

// end is the error of an incomplete round: why there are no rows, or that rows are missing.
func (r *round) end(ctx context.Context) error {
	switch {
	case r.failed == nil:
		return nil
	case r.count > 0 || fail.KindOf(r.failed) == fail.Incomplete:
		return incomplete(r.failed, r.count, r.noun())
	}
	return Explain(ctx, r.client, r.failed, r.ask.VHost)
}

// noun names the rows.
func (r *round) noun() string {
	if r.query.Grouped() {
		return "groups of the " + r.list.Table.Noun + " read so far"
	}
	return r.list.Table.Noun
}

// whyEmpty says that a listing is empty because the user has access to no virtual host; "" otherwise. To such a user
// every broker looks empty, whatever the user's tags.
func (r *round) whyEmpty(ctx context.Context) string {
	if r.sent > 0 || !r.list.Scoped || r.ask.VHost != "" {
		return ""
	}
	if blind, err := r.client.SeesNothing(ctx); err != nil || !blind {
		return ""
	}
	user := r.client.Username()
	return "user " + user + " has access to no virtual host, so it sees no " + r.list.Table.Noun +
		"; as an administrator: rabbitctl set_permissions -p / " + fail.Word(user) + " '^$' '^$' '^$' lets it see"
}

// counted passes rows on and counts them.
func counted(rows iter.Seq2[record.Row, error], count *int) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		for row, err := range rows {
			*count++
			if !yield(row, err) {
				return
			}
		}
	}
}

// incomplete says that the rows printed are not all.
func incomplete(err error, rows int, noun string) error {
	if fail.KindOf(err) == fail.Canceled {
		return err
	}
	e := fail.New(fail.Incomplete, "incomplete: %d %s printed, then: %w", rows, noun, err)
	e.Hint = fail.HintOf(err)
	return e
}
