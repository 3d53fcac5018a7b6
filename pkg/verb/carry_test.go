package verb

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/change"
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
		c := carrying{app: app.New(streams, []string{"HOME=" + t.TempDir()}, "test"), line: &waitingLine{},
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
