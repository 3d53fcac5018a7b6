package change

import (
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
)

// Lasts refuses, before anything is changed, what the delays between so many steps would not let end within the time
// budget; 0 is no limit.
func Lasts(steps int, noun string, delay, budget time.Duration) error {
	need := time.Duration(max(0, steps-1)) * delay
	if budget == 0 || need < budget {
		return nil
	}
	return fail.Usagef("--delay %s between %s takes %s, and --timeout is %s", delay,
		prose.Plural(steps, noun, noun+"s"), need, budget).
		Next("--timeout %s leaves enough, or --limit fewer", (need + time.Minute).Round(time.Second))
}
