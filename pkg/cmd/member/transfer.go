package member

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func transferLeadership() verb.Change {
	return verb.Of(change.TransferLeadership, verb.About{
		Short: "Move the leader of one queue or stream to a node",
		Long: `Move the leader of a quorum queue or a stream to a node that has a member of it. The command then checks
which node leads. If it is another node than NODE, the exit code is 4; on 4.3 that can happen with a stream although
the node answered ok. Moving the leader restarts a stream, so for a stream the command asks; without a terminal it
needs --yes. Moving the leader of a stream needs release 3.12 or later. rebalance spreads the leaders of all queues.
The command sends its request to the node of --node, which need not be NODE.` + verb.OverErlang,
		Example: `  rabbitctl transfer_leadership orders rabbit@b
  rabbitctl transfer_leadership events rabbit@b -p prod --dry-run`,
	})
}
