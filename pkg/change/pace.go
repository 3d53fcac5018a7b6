package change

import (
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
)

// Lasts refuses a change, before anything is sent, if the delays between its steps alone would use up the time budget.
// A budget of 0 means no limit.
func Lasts(steps int, noun string, delay, budget time.Duration) error {
	need := time.Duration(max(0, steps-1)) * delay
	if budget == 0 || need < budget {
		return nil
	}
	return fail.Usagef("--delay %s between %s takes %s, and --timeout is %s", delay,
		prose.Plural(steps, noun, noun+"s"), need, budget).
		Next("use --timeout %s, or a smaller --limit", (need + time.Minute).Round(time.Second))
}
