package node

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func resetStatistics() verb.Change {
	return verb.Of(change.ResetStatistics, verb.About{
		Short: "Make nodes forget their statistics",
		Long: `Make all running nodes, or only NODE, forget their statistics: rates, totals of messages and their
history. Afterwards the totals do not begin at 0, but with what the connections and channels that are open have
counted. The command asks; without a terminal it needs --yes. Queues, messages and connections do not change.`,
		Example: `  rabbitctl reset_statistics
  rabbitctl reset_statistics rabbit@a --yes`,
	})
}

func resetAttempts() verb.Change {
	return verb.Of(change.ResetAuthAttempts, verb.About{
		Short: "Make nodes forget how often clients logged in",
		Long: `Make nodes forget how often clients logged in, or failed to, as list_node_auth_attempt_stats shows it. At
least one node must be named, as NODE or in the file of --from-file. The command shows the counters and asks; without a
terminal it needs --yes.`,
		Example: `  rabbitctl reset_node_auth_attempt_metrics rabbit@a
  rabbitctl reset_node_auth_attempt_metrics rabbit@a rabbit@b --yes`,
	})
}
