package message

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func replay() verb.Change {
	return verb.Of(change.ReplayDeadLetters, verb.About{
		Short: "Put dead letters back into the queue where they died",
		Long: `Put dead letters back into the queue where they died last, by the newest entry of x-death. They go to that queue
alone, by the default exchange, so no other queue gets a copy. Messages that are not replayed stay where they are, in
their order.

If messages died in several queues, choose one with --origin, or put each back with --each. The header
x-rabbitctl-replayed counts how often a message was replayed, and x-rabbitctl-origin keeps where it died first and why:
from 4.0 on the broker forgets x-death when a message is published again. --no-mark adds neither.

Each message is published with a confirm, and acknowledged only when the broker has confirmed it: none is lost, and after
a failure up to 500 can be in both queues. At most 65535 messages are looked at in a run. On quorum queues before 4.3 each
message that stays counts as delivered once more: --counts-as-delivery accepts that.`,
		Example: `  rabbitctl replay_dead_letters orders.dlq --origin orders --reason rejected
  rabbitctl replay_dead_letters orders.dlq --each --limit 10
  rabbitctl replay_dead_letters orders.dlq --dry-run`,
	})
}
