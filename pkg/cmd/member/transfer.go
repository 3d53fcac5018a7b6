package member

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func transferLeadership() verb.Change {
	return verb.Of(change.TransferLeadership, verb.About{
		Short: "Move the leader of one queue or stream to a node",
		Long: `Move the leader of a quorum queue or a stream to a node that has a member of it. It then compares the leader
with the node that was asked for: nodes of 4.3 can answer ok although another node leads the stream. Then the exit code
is 4. A stream is restarted by this, so the command asks; without a terminal it needs --yes. Streams need release 4.0 or
later. rebalance spreads the leaders of all queues.` + verb.OverErlang,
		Example: `  rabbitctl transfer_leadership orders rabbit@b
  rabbitctl transfer_leadership events rabbit@b -p prod --dry-run`,
	})
}
