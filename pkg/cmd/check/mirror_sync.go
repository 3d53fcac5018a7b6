package check

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func checkMirrorSync() verb.Check {
	return verb.Check{
		Name:  "check_if_node_is_mirror_sync_critical",
		Short: "Check that mirrored queues of the answering node have mirrors in sync",
		Long: `Check that stopping the node that answers would leave every mirrored classic queue with a synchronized
mirror. If it would not, the check is CRITICAL. Mirrored queues were removed in 4.0, and this check with them:
on 4.0 and later it is UNKNOWN.`,
		Example: "  rabbitctl check_if_node_is_mirror_sync_critical",
		Run: func(ctx context.Context, c *broker.Client, _ verb.Ask) (verb.Report, error) {
			return asked(ctx, c, "no mirrored queue depends on the node that answers", reason("queues", queueName),
				"node-is-mirror-sync-critical")
		},
	}
}
