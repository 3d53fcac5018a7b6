package verb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/render"
)

// carrying carries out a plan, and prints its outcome.
type carrying struct {
	app       *app.App
	line      *waitingLine
	journal   *app.Journal
	entry     app.JournalEntry
	out       render.Format
	secret    *newPassword
	keepGoing bool
	// ways are the transports over which the change is made; nil means HTTP alone.
	ways []string
}

// all carries out the steps. If the plan is one step and has no summary, it prints the outcome of that step. Otherwise
// it prints a row for each step that was begun.
func (c carrying) all(ctx context.Context, plan *change.Plan) error {
	if len(plan.Steps) == 1 && plan.Steps[0].Do != nil && plan.Summary == "" {
		return c.one(ctx, plan.Steps[0])
	}
	c.journal.SyncOnce()
	ended := c.steps(ctx, plan)
	rows := itemRows{again: plan.Again}
	for i, e := range ended {
		if e.begun {
			rows.add(plan.Steps[i], e.outcome, e.err)
		}
	}
	o := rows.outcome(len(plan.Steps), c.keepGoing)
	if o.Failed == nil && plan.Finally != nil {
		c.line.show(c.app.IO.Progress("checking the result"))
		o.Failed = plan.Finally(ctx, &o)
		c.line.end()
		if o.Failed != nil {
			o.Word = "incomplete"
			rows.unheld(o.Failed)
		}
	}
	return finish(c.app, c.out, o, c.ways)
}

// ended says how a step ended.
type ended struct {
	begun   bool
	outcome change.Outcome
	err     error
}

// steps carries out the steps, as many at the same time as the plan allows. After an error it begins no other step,
// unless --keep-going was given, the failed step is not Needed, and the context has not ended.
func (c carrying) steps(ctx context.Context, plan *change.Plan) []ended {
	c.line.show(c.app.IO.Progress("changing"))
	defer c.line.end()
	all := make([]ended, len(plan.Steps))
	var mu sync.Mutex
	idle := sync.NewCond(&mu) // woken when a step ends
	var wait sync.WaitGroup
	next, running, stop := 0, 0, false
	take := func() int {
		mu.Lock()
		defer mu.Unlock()
		for !stop && next < len(all) && plan.Steps[next].Waits && running > 0 {
			idle.Wait()
		}
		if stop || next == len(all) {
			return -1
		}
		c.line.update("%d of %d: %s", next+1, len(all), plan.Steps[next].Item)
		next, running = next+1, running+1
		return next - 1
	}
	for range max(1, plan.AtOnce) {
		wait.Go(func() {
			for i := take(); i >= 0; i = take() {
				o, err := c.step(ctx, plan.Steps[i])
				mu.Lock()
				all[i] = ended{true, o, err}
				running--
				stop = stop || err != nil && (!c.keepGoing || plan.Steps[i].Needed || ctx.Err() != nil)
				idle.Broadcast()
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	return all
}

// one carries out the only step. It prints the step's outcome even if the journal cannot be written.
func (c carrying) one(ctx context.Context, s change.Step) error {
	c.entry.Action = s.Action
	var outcome change.Outcome
	if !s.Writes {
		c.line.show(c.app.IO.Progress("changing"))
	}
	word, unwritten, err := c.journal.Make(c.entry, func() (_ string, err error) {
		outcome, err = s.Make(ctx)
		return outcome.Word, err
	})
	c.line.end()
	if c.secret != nil && err == nil {
		outcome = c.secret.shown(outcome)
	}
	if err == nil {
		err = finish(c.app, c.out, outcome, c.ways)
	} else if c.secret != nil && c.secret.generate && word != "" && word != "not_done" {
		note(c.app, "the generated password may have been set: %s", c.secret.text)
	}
	if err != nil && unwritten != nil {
		note(c.app, "%s", unwritten)
		return err
	}
	return cmp.Or(err, unwritten)
}

// step carries out one of many steps. It changes nothing if it cannot write a line to the journal first. A step that is
// Settled is not carried out, and not written to the journal.
func (c carrying) step(ctx context.Context, s change.Step) (change.Outcome, error) {
	if s.Do == nil {
		return *s.Settled, s.Settled.Failed
	}
	c.entry.Action = s.Action
	var o change.Outcome
	word, unwritten, err := c.journal.Make(c.entry, func() (_ string, err error) {
		o, err = s.Make(ctx)
		return o.Word, err
	})
	o.Word = word
	return o, cmp.Or(err, unwritten, o.Failed)
}

// kept is the outcome of an item that was left alone, because a last look at it found a reason.
const kept = "kept"

// itemRows collects the outcomes of many items.
type itemRows struct {
	rows   []record.Row
	items  []string // the items of rows
	notes  []string
	kept   int // how many items were kept, because a last look found a reason
	failed int
	partly int // how many of the failed items are done in part
	first  error
	item   string // the item of the first error
	again  string // see Plan.Again
}

// about returns the text of the first error. It begins with the item if the broker refused something or could not do it,
// and the text does not name the item.
func (r *itemRows) about() string {
	text, kind := fail.InWords(r.first).Error(), fail.KindOf(r.first)
	ofItem := kind == fail.Data || kind == fail.Unavailable && !errors.As(r.first, new(*fail.Unreached))
	if !ofItem || strings.Contains(text, r.item) {
		return text
	}
	return r.item + ": " + text
}

func (r *itemRows) add(s change.Step, o change.Outcome, err error) {
	var why record.Value
	if err != nil {
		o.Word = cmp.Or(o.Word, "failed")
		r.failed++
		if o.Word == "incomplete" {
			r.partly++
		}
		if r.first == nil {
			r.first, r.item = err, s.Item
		}
		if !fail.IsShown(err) {
			why = record.Of(fail.InWords(err).Error())
		}
	}
	if err == nil && o.Word == kept {
		r.kept++
	}
	r.rows, r.items = append(r.rows, itemRow(s.Item, o.Word, why)), append(r.items, s.Item)
	for _, n := range o.Notes {
		item := s.Item
		if o.Word == kept {
			item += " was not changed"
		}
		r.notes = append(r.notes, item+": "+strings.TrimSpace(n))
	}
}

func itemRow(item, word string, why record.Value) record.Row {
	return record.Row{record.Of(item), record.Of(word), why}
}

// unheld marks the rows of items whose change did not hold, if err names such items.
func (r *itemRows) unheld(err error) {
	cause := (*change.Unheld)(nil)
	if !errors.As(err, &cause) {
		return
	}
	for i, item := range r.items {
		if slices.Contains(cause.Items, item) {
			r.rows[i] = itemRow(item, "failed", record.Of(cause.Now))
		}
	}
}

// outcome sums up the outcomes of a plan's items. If some items are done and some are not, the change is incomplete.
// keepGoing means that --keep-going was given, so the next step does not advise it.
func (r *itemRows) outcome(planned int, keepGoing bool) change.Outcome {
	o := change.Outcome{Word: "done", Notes: r.notes, Facts: record.Document{{Name: "items", Columns: []record.Column{
		{Name: "item"}, {Name: "outcome"}, {Name: "error"}}, Rows: r.rows}}}
	left := planned - len(r.rows)
	next := fail.HintOf(r.first)
	if keepGoing {
		next = next.Without(fail.SkipItem)
	}
	switch {
	case r.failed == 0 && r.kept > 0 && r.kept == len(r.rows):
		o.Word = "unchanged"
	case r.failed == 0:
	case r.failed == len(r.rows) && r.partly == 0: // nothing is done
		failure := fail.New(fail.KindOf(r.first), "%s", r.about())
		failure.Hint = next
		if left > 0 {
			o.Notes = append(o.Notes, prose.Plural(left, "other item was", "other items were")+
				" not started, because of the error")
		}
		if way := (*fail.Unreached)(nil); errors.As(r.first, &way) {
			failure.Err = way
		}
		o.Word, o.Failed = "failed", failure
	default:
		o.Word = "incomplete"
		undone := fmt.Sprintf("%d failed", r.failed-r.partly)
		switch {
		case r.partly == r.failed:
			undone = fmt.Sprintf("%d done in part", r.partly)
		case r.partly > 0:
			undone += fmt.Sprintf(", %d done in part", r.partly)
		}
		failure := fail.New(fail.Incomplete, "%d of %s done, %s: %s", len(r.rows)-r.failed-r.kept,
			prose.Plural(planned, "item is", "items are"), undone, r.about())
		failure.Hint = next
		if left > 0 {
			failure = failure.Say("%s not started: when the cause is gone, %s does the rest",
				prose.Plural(left, "item was", "items were"), cmp.Or(r.again, "the same command"))
		}
		o.Failed = failure
	}
	return o
}
