package diagnose

import (
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/release"
)

// minority returns the finding that a node sees no majority of its cluster. Without a majority, a broker with the
// metadata store Khepri refuses every declaration, and 4.3 always has Khepri. Older releases are left out: 4.0 to 4.2
// have either Khepri or Mnesia, and Mnesia still accepts declarations.
func (c comparison) minority() []Finding {
	for _, v := range c.answered {
		major, minor, ok := release.Series(v.Version)
		if !ok || major < 4 || major == 4 && minor < 3 {
			continue
		}
		running := 0
		for _, m := range v.Members {
			if m.Running || v.Unknown(m.Name) {
				running++
			}
		}
		if 2*running > len(v.Members) || len(v.Members) == 0 {
			continue
		}
		return []Finding{{Rule: "metadata-majority-lost", Severity: health.Critical,
			What:     fmt.Sprintf("nothing can be declared, deleted or changed: %d of %d nodes run", running, len(v.Members)),
			Evidence: []string{"as reported by " + v.Node + "; the metadata store needs more than half of the nodes"},
			Hit:      "deployments, and programs that declare queues when they start; existing queues and exchanges still work",
			Do: []string{"start the nodes that are missing; rabbitctl cluster_status --ask-every-node",
				"change nothing until then: a change that failed can still take effect when they are back"}}}
	}
	return nil
}
