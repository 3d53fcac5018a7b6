package check

import (
	"context"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// watchPatience is how long all nodes together may take to say whether they watch their disks. The check goes on
// without their answers.
const watchPatience = 3 * time.Second

// askWatch asks the running nodes themselves whether they watch their disks, and sets DiskUnwatched in nodes. It asks
// only if a flag, a variable or the context gives the Erlang cookie: a wrong cookie in the usual file would leave a
// line in the node's log at each run. If no node could be asked, whyNot is the first error.
func askWatch(ctx context.Context, ask verb.Ask, nodes []health.Node) (asked bool, whyNot error) {
	if !ask.TellsCookie() {
		return false, nil
	}
	ctx, cancel := context.WithTimeout(ctx, watchPatience)
	defer cancel()
	for i, n := range nodes {
		if !n.Running {
			continue
		}
		watched, known, err := askOne(ctx, ask, n.Name)
		if err == nil {
			asked = true
			nodes[i].DiskUnwatched = known && !watched
		} else if whyNot == nil {
			whyNot = err
		}
	}
	if asked {
		whyNot = nil
	}
	return asked, whyNot
}

func askOne(ctx context.Context, ask verb.Ask, name string) (watched, known bool, err error) {
	node, err := ask.Node(name)
	if err != nil {
		return false, false, err
	}
	defer node.Close()
	return survey.DiskWatched(ctx, node)
}

// watchAgain returns, for each node that does not watch its disk, the command that makes it watch the disk again.
func watchAgain(nodes []health.Node) []string {
	var lines []string
	for _, n := range nodes {
		if n.DiskUnwatched {
			lines = append(lines, "next: rabbitctl activate_free_disk_space_monitoring --node "+n.Name)
		}
	}
	return lines
}
