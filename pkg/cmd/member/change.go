package member

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// served is the end of the help text of each command in this file.
const served = `The commands for streams are add_replica, delete_replica, grow_streams and shrink_streams.

The management API has no such request before 3.11.19, nor in 3.12.0. On these releases the command asks the
node of --node over Erlang distribution, which needs the Erlang cookie (see rabbitctl help transports).`

func add() verb.Change {
	return verb.Of(change.AddMember, verb.About{
		Short: "Add a member of a quorum queue on a node",
		Long: `Add a member to a quorum queue on NODE, which has to be running. The new member copies all messages; the
command does not wait for that. With --check the exit code is 0 if NODE has a member of the queue, even if NODE
does not run. If NODE has none, it is 4, or 65 if NODE does not run. It is 65, too, if the queue does not exist.
` + served,
		Example: `  rabbitctl add_member orders rabbit@c
  rabbitctl add_member orders rabbit@c -p prod --check`,
	})
}

func remove() verb.Change {
	return verb.Of(change.DeleteMember, verb.About{
		Short: "Delete the member of a quorum queue on a node",
		Long: `Delete the member of a quorum queue on a node. It shows the members and asks; without a terminal it needs
--yes. The last member cannot be deleted; delete_queue deletes the whole queue. ` + served,
		Example: `  rabbitctl delete_member orders rabbit@a
  rabbitctl delete_member orders rabbit@a -p prod --if-exists --yes`,
	})
}

func grow() verb.Change {
	return verb.Of(change.GrowMembers, verb.About{
		Short: "Add members of many quorum queues on a node",
		Long: `Add a member on NODE, which has to be running, to quorum queues that have none there. STRATEGY is all for
all these queues, or even for those with an even number of members. The command adds one member after the other. First
it shows the queues and asks; without a terminal it needs --yes. ` + served,
		Example: `  rabbitctl grow rabbit@c all --dry-run
  rabbitctl grow rabbit@c even --yes
  rabbitctl grow rabbit@c all --queue-pattern '^orders' --vhost-pattern '^prod$'`,
	})
}

func growToCount() verb.Change {
	return verb.Of(change.GrowToCount, verb.About{
		Short: "Add members to quorum queues until each has enough",
		Long: `Add members on running nodes until each quorum queue that STRATEGY and the patterns choose has NODE_COUNT
members. If fewer nodes run, NODE_COUNT is lowered to the number of running nodes. STRATEGY is all for all queues, or
even for those that have an even number of members at the start. Queues that have enough members stay as they are. A
new member copies all messages of its queue: this is a risk, so the command shows the queues that would get members
and asks, even if the context is not protected. Without a terminal it needs --yes.
` + served,
		Example: `  rabbitctl grow_to_count 3 all --dry-run
  rabbitctl grow_to_count 3 even --yes --keep-going`,
	})
}

func shrink() verb.Change {
	return verb.Of(change.ShrinkMembers, verb.About{
		Short: "Delete the members that quorum queues have on a node",
		Long: `Delete the members that quorum queues have on NODE, for example before that node is removed for good. The
command shows them and asks; without a terminal it needs --yes. It keeps a member that is the only one of its queue.
` + served,
		Example: `  rabbitctl shrink rabbit@c --dry-run
  rabbitctl shrink rabbit@c --yes --keep-going`,
	})
}
