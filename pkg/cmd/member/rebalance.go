package member

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func rebalance() verb.Change {
	return verb.Of(change.Rebalance, verb.About{
		Short: "Spread the leaders of queues over the nodes",
		Long: `Spread the leaders of quorum queues and streams over the nodes, as after a rolling restart, which leaves them on few
nodes. It shows how many each node leads and asks; without a terminal it needs --yes. The broker chooses which it moves;
what has moved after some seconds is listed. Classic queues stay where they are, and on 3.10 streams do too.`,
		Example: `  rabbitctl rebalance --dry-run
  rabbitctl rebalance --yes
  rabbitctl rebalance --check`,
	})
}
