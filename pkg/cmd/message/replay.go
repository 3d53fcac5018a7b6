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

If the dead letters died in several queues, the command refuses unless --origin chooses one of these queues, or
--each puts each message back where it died. With --reason, only dead letters with that reason count for this. The
header x-rabbitctl-replayed counts how often a message was replayed, and x-rabbitctl-origin keeps where and why it
had died when it was replayed for the first time: from 4.0 on the broker forgets x-death when a message is published
again. --no-mark adds neither header.

Each message is published with a confirm, and acknowledged only when the broker has confirmed it, so none is lost. After
a failure up to 500 can be in both queues, and more if QUEUE is a classic queue whose node died.

First, also with --dry-run, the command takes the messages from the queue to look at them, and requeues them. It can
hold at most 65535 messages, with bodies of about 64 MiB together; if it had to hold more, it replays nothing (exit 75).
With --limit and --each, or with --limit and --origin, it takes messages only until it has found as many dead letters as
--limit allows. In all other cases, also with --limit alone, it takes all that are ready.

A quorum queue before 4.3 counts the look as a delivery of each message that the broker sends for it, which can be all,
and the replay as another delivery of each message that stays. So the command refuses such a queue without
--counts-as-delivery. For such a queue the command with --origin does not look first, so it can stop at the limits above
(65535 messages, 64 MiB) after it has replayed some messages (exit 75).`,
		Example: `  rabbitctl replay_dead_letters orders.dlq --origin orders --reason rejected
  rabbitctl replay_dead_letters orders.dlq --each --limit 10
  rabbitctl replay_dead_letters orders.dlq --dry-run`,
	})
}
