package verb

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
)

// A waiting step begins when all steps before it have ended. The steps after it run side by side again.
func TestCarrying_waits(t *testing.T) {
	streams, _, _ := iostreams.Test("")
	for _, keepGoing := range []bool{false, true} {
		var made atomic.Int32
		refused := errors.New("refused")
		step := func(waits bool, before int32, err error) change.Step {
			return change.Step{Item: "x", Waits: waits, Do: func(context.Context) (change.Outcome, error) {
				if got := made.Load(); got < before {
					t.Errorf("%d steps were made, want %d", got, before)
				}
				time.Sleep(time.Millisecond)
				made.Add(1)
				return change.Outcome{Word: "created"}, err
			}}
		}
		plan := &change.Plan{AtOnce: 8, Steps: []change.Step{step(false, 0, nil), step(false, 0, nil), step(false, 0, nil),
			step(true, 3, nil), step(false, 3, nil), step(true, 5, refused), step(true, 6, nil)}}
		c := carrying{app: app.New(streams, []string{brokertest.NoHome}, "test"), line: &waitingLine{},
			journal: &app.Journal{}, keepGoing: keepGoing}
		want := map[bool]int{true: 7, false: 6}[keepGoing]
		begun := 0
		for _, e := range c.steps(t.Context(), plan) {
			if e.begun {
				begun++
			}
		}
		if begun != want {
			t.Errorf("keep going %v: %d steps were begun, want %d", keepGoing, begun, want)
		}
	}
}

// TestItemRows_outcome: an error counts, even if its item was kept. If all items were kept, the outcome is "unchanged".
// Whoever gave --keep-going is not told to give it.
func TestItemRows_outcome(t *testing.T) {
	item := change.Step{Item: "x"}
	unwritten := fail.New(fail.Output, "the journal cannot be written").Do(fail.SkipItem)
	unreached := fail.New(fail.Unreachable, "node a does not answer")
	unreached.Err = &fail.Unreached{Over: "AMQP"}
	for _, c := range []struct {
		words     []string
		errs      []error
		planned   int
		keepGoing bool
		word      string
		kind      fail.Kind
		steps     int
	}{
		{[]string{"kept", "kept"}, []error{nil, nil}, 2, false, "unchanged", "", 0},
		{[]string{"kept", "deleted"}, []error{nil, nil}, 2, false, "done", "", 0},
		{[]string{"kept"}, []error{unwritten}, 2, false, "failed", fail.Output, 1},
		{[]string{"kept", "kept"}, []error{nil, unwritten}, 2, true, "incomplete", fail.Incomplete, 0},
		{[]string{"deleted", ""}, []error{nil, unwritten}, 3, false, "incomplete", fail.Incomplete, 2},
		{[]string{"incomplete"}, []error{unwritten}, 1, true, "incomplete", fail.Incomplete, 0},
		{nil, nil, 0, false, "done", "", 0},
		{[]string{""}, []error{unreached}, 1, false, "failed", fail.Unreachable, 0},
	} {
		var rows itemRows
		for i, w := range c.words {
			rows.add(item, change.Outcome{Word: w}, c.errs[i])
		}
		o := rows.outcome(c.planned, c.keepGoing)
		if o.Word != c.word || o.Failed != nil && fail.KindOf(o.Failed) != c.kind || (o.Failed != nil) != (c.kind != "") ||
			len(fail.HintOf(o.Failed)) != c.steps {
			t.Errorf("%q: %s, %v (%s), next %v", c.words, o.Word, o.Failed, fail.KindOf(o.Failed), fail.HintOf(o.Failed))
		}
		if c.kind == fail.Unreachable && unanswered(o.Failed) {
			t.Errorf("%q: the error counts as one of the management API", c.words)
		}
	}
}

// What the broker refuses or cannot do is about the item. A broker that is not reached is not.
func TestItemRows_about(t *testing.T) {
	unreached := fail.New(fail.Unavailable, "the port of AMQP refuses connections")
	unreached.Err = &fail.Unreached{Over: "AMQP"}
	for _, c := range []struct {
		err  error
		want string
	}{
		{fail.New(fail.Data, "odd"), "q in virtual host /: odd"},
		{fail.New(fail.Unavailable, "the broker refused: odd"), "q in virtual host /: the broker refused: odd"},
		{fail.New(fail.Unavailable, "queue q in virtual host / has no leader"), "queue q in virtual host / has no leader"},
		{fail.New(fail.Denied, "the login was refused"), "the login was refused"},
		{unreached, "the port of AMQP refuses connections"},
	} {
		var rows itemRows
		rows.add(change.Step{Item: "q in virtual host /"}, change.Outcome{}, c.err)
		if got := rows.about(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
