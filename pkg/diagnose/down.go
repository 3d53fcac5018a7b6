package diagnose

import (
	"fmt"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

// DownQueues counts the classic queues that no client can use, because their node does not run.
type DownQueues struct {
	// Total is the number of these queues. Named has a text for each of the first ones, at most mostNamed: a finding shows
	// these texts.
	Total int
	Named []string
}

// Add counts a queue. It keeps the name only of the first mostNamed queues.
func (d *DownQueues) Add(vhost, name, node string) {
	if d.Total++; d.Total <= mostNamed {
		d.Named = append(d.Named, fmt.Sprintf("%s in %s, on %s", name, vhost, node))
	}
}

// shownDown is the number of queues that the first line of a finding names.
const shownDown = 3

// QueuesDown returns the finding about classic queues that no client can use; nil if all can be used.
func QueuesDown(d DownQueues) []Finding {
	if d.Total == 0 {
		return nil
	}
	what := "a classic queue cannot be reached: " + d.Named[0]
	if d.Total > 1 {
		what = fmt.Sprintf("%d classic queues cannot be reached: %s", d.Total,
			strings.Join(d.Named[:min(shownDown, len(d.Named))], "; "))
	}
	if d.Total > shownDown {
		what += fmt.Sprintf("; and %d more", d.Total-shownDown)
	}
	x := Finding{Rule: "queue-down", Severity: health.Critical, What: what,
		Hit: "their publishers and consumers; persistent messages in durable queues come back with the node",
		Do: []string{"bring the node back: rabbitctl help node-not-running",
			"rabbitctl list_queues vhost name state node --where 'state == \"down\"'"}}
	if d.Total > shownDown {
		x.Evidence = append(x.Evidence, d.Named[shownDown:]...)
	}
	if d.Total > len(d.Named) {
		x.Evidence = append(x.Evidence, fmt.Sprintf("and %d more", d.Total-len(d.Named)))
	}
	return []Finding{x}
}
