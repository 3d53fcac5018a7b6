package verb

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/render"
)

// would prints what the command would do without --dry-run.
func would(a *app.App, at string, plan *change.Plan) error {
	actions(a, at, plan, "would")
	if err := document(a, plan.Hits); err != nil {
		return err
	}
	risks(a, plan)
	notes(a, plan.Notes)
	return nil
}

// risks writes the dangers of a plan, also with --quiet: they are what a person decides by.
func risks(a *app.App, plan *change.Plan) {
	for _, danger := range plan.Dangers {
		fmt.Fprint(a.IO.Err, noteText(errWidth(a), danger))
	}
}

// about prints the objects that the plan changes, its steps, and the dangers. The steps stand below the objects, so that
// a long table does not push them out of sight of the question.
func about(a *app.App, at string, plan *change.Plan) error {
	hits, left := clipped(plan.Hits)
	if err := writeDocument(a, render.Table, a.IO.Err, hits, options(a)); err != nil {
		return err
	}
	if left > 0 {
		note(a, "%d more rows: --dry-run shows all", left)
	}
	actions(a, at, plan, "about to")
	risks(a, plan)
	notes(a, plan.Notes)
	return nil
}

// mostShown is the largest number of rows of a section that are shown above a question, so that a usual table, the steps
// and the question are in sight together on a terminal of 24 lines.
const mostShown = 15

// clipped shortens plan.Hits, the objects that a plan changes, for the output above a question. left is the number of
// rows that it leaves out.
func clipped(hits record.Document) (shown record.Document, left int) {
	for _, s := range hits {
		if extra := len(s.Rows) - mostShown; extra > 0 {
			s.Rows, left = s.Rows[:mostShown], left+extra
		}
		shown = append(shown, s)
	}
	return shown, left
}

// actions writes a line for each step; at says where the steps take place.
func actions(a *app.App, at string, plan *change.Plan, how string) {
	if plan.Summary != "" {
		text := how + " " + render.Escape(plan.Summary) + at
		fmt.Fprintln(a.IO.Err, render.Message(text, errWidth(a)))
		return
	}
	for _, s := range plan.Steps {
		text := how + " " + render.Escape(s.Action) + at
		if s.Do == nil {
			text = fmt.Sprintf("%s: %s", render.Escape(s.Item), s.Settled.Word)
		}
		fmt.Fprintln(a.IO.Err, render.Message(text, errWidth(a)))
	}
}

// notes writes the notes of a plan or an outcome.
func notes(a *app.App, all []string) {
	for _, n := range all {
		note(a, "%s", strings.TrimSpace(n))
	}
}

// finish prints the outcome and its notes. It returns why the change failed, if it did. ways is as in carrying.
func finish(a *app.App, out render.Format, o change.Outcome, ways []string) error {
	var err error
	to := a.IO.Out
	if o.OutTaken {
		to = a.IO.Err
		if s, err := a.Settings(); err == nil && s.Quiet {
			to = io.Discard
		}
	}
	if out == render.Table || out == render.TSV {
		if _, err = fmt.Fprintln(to, o.Word); err == nil && len(o.Facts) > 0 {
			facts := slices.Clone(o.Facts)
			if len(facts) == 1 && !o.Compared {
				facts[0].Name = "" // the word above is title enough
			}
			err = writeDocument(a, out, to, facts, options(a))
		}
	} else {
		word := record.Fields("", record.Field{Column: record.Column{Name: "outcome"}, Value: record.Of(o.Word)})
		d := record.Document{word}
		if ways != nil {
			d = append(d, record.Fields("", transports(ways...)))
		}
		err = writeDocument(a, out, to, append(d, o.Facts...), options(a))
	}
	notes(a, o.Notes)
	if o.Failed != nil {
		return o.Failed
	}
	return err
}
