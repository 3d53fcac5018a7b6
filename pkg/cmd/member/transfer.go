package member

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func transferLeadership() verb.Change {
	return verb.Of(change.TransferLeadership, verb.About{
		Short: "Move the leader of one queue or stream to a node",
		Long: `Move the leader of a quorum queue or a stream to a node that has a member of it. It compares who leads then with who
should: nodes of 4.3 say that all is well and have another leader of a stream. Then it ends with exit code 4. A stream is
restarted for it, so it asks; without a terminal it needs --yes. Streams need release 4.0 or later.
rebalance spreads the leaders of all queues.` + verb.OverErlang,
		Example: `  rabbitctl transfer_leadership orders rabbit@b
  rabbitctl transfer_leadership events rabbit@b -p prod --dry-run`,
	})
}
