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
their order (which a quorum queue before 4.3 may change).

If messages died in several queues, choose one with --origin, or put each back with --each. The header
x-rabbitctl-replayed counts how often a message was replayed, and x-rabbitctl-origin keeps where it died first and why:
from 4.0 on the broker forgets x-death when a message is published again. --no-mark adds neither.

Each message is published with a confirm, and acknowledged only when the broker has confirmed it: none is lost, and
after a failure up to 500 can be in both queues. If the queue has more than 65535 ready messages, or bodies of more than
about 64 MiB together, the command gives up and replays nothing (exit 75), unless --limit with --each or --origin lets
it find enough dead letters before.

The command looks at the messages first, with --dry-run, too: at all of them, or with --each or --origin at no more than
--limit needs. On quorum queues before 4.3 each message that stays counts as delivered once more, and so does each that
the broker sends for the look, up to all. There the command does not look first if --origin is given, and can give up in
the middle. --counts-as-delivery accepts that.`,
		Example: `  rabbitctl replay_dead_letters orders.dlq --origin orders --reason rejected
  rabbitctl replay_dead_letters orders.dlq --each --limit 10
  rabbitctl replay_dead_letters orders.dlq --dry-run`,
	})
}
