package member

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func rebalance() verb.Change {
	return verb.Of(change.Rebalance, verb.About{
		Short: "Spread the leaders of queues over the nodes",
		Long: `Spread the leaders of quorum queues and streams over the nodes, and before 4.0 those of mirrored classic
queues, for example after a rolling restart, which leaves them on few nodes. It shows how many leaders each node has and
asks; without a terminal it needs --yes. The broker chooses which leaders it moves; after some seconds the command lists
the leaders that have moved. If no leader would move, the command neither asks nor changes anything. With --check
the exit code is 4 if a leader would move. Classic queues without mirrors stay where they are, and so do the leaders of
streams before 3.12.`,
		Example: `  rabbitctl rebalance --dry-run
  rabbitctl rebalance --yes
  rabbitctl rebalance --check`,
	})
}
