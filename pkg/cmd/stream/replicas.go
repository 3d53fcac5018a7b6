package stream

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func addReplica() verb.Change {
	return verb.Of(change.AddReplica, verb.About{
		Short: "Add a replica of a stream on a node",
		Long: `Add a replica of a stream on NODE, which has to be running. The command waits, for 20 seconds at most, until
the stream lists the replica among its members; it does not wait until all data are copied. stream_status shows
the members. With --check the exit code is 0 if NODE has a replica of the stream, even if NODE does not run. If
NODE has none, it is 4, or 65 if NODE does not run. It is 65, too, if the stream does not exist. NODE need not be
the node that the command talks to (--node). For quorum queues use add_member.` + verb.OverErlang,
		Example: `  rabbitctl add_replica events rabbit@c
  rabbitctl add_replica events rabbit@c -p prod --check`,
	})
}

func deleteReplica() verb.Change {
	return verb.Of(change.DeleteReplica, verb.About{
		Short: "Delete the replica of a stream on a node",
		Long: `Delete the replica of a stream on a node, with its data there. If the node does not run, the data stay on its
disk until it comes back. The command shows the replicas and asks; without a terminal it needs --yes. The last replica
cannot be deleted; delete_queue deletes the whole stream.` + verb.OverErlang,
		Example: `  rabbitctl delete_replica events rabbit@a
  rabbitctl delete_replica events rabbit@a -p prod --if-exists --yes`,
	})
}

func growStreams() verb.Change {
	return verb.Of(change.GrowStreams, verb.About{
		Short: "Add replicas of many streams on a node",
		Long: `Add a replica on NODE, which has to be running, to streams that have none there, one stream after the other.
STRATEGY is all for all these streams, or even for those with an even number of replicas. First the command shows the
streams and asks; without a terminal it needs --yes. It works on all releases. For quorum queues use
grow.` + verb.OverErlang,
		Example: `  rabbitctl grow_streams rabbit@c all --dry-run
  rabbitctl grow_streams rabbit@c even --yes
  rabbitctl grow_streams rabbit@c all --queue-pattern '^events' --vhost-pattern '^prod$' --keep-going`,
	})
}

func shrinkStreams() verb.Change {
	return verb.Of(change.ShrinkStreams, verb.About{
		Short: "Delete the replicas that streams have on a node",
		Long: `Delete the replicas that streams have on NODE, one stream after the other, for example before you remove
that node. The command shows them and asks; without a terminal it needs --yes. It keeps a replica that is the only
one of its stream. It works on all releases. For quorum queues use shrink. The command sends its requests to the
node of --node, which need not be NODE.` + verb.OverErlang,
		Example: `  rabbitctl shrink_streams rabbit@c --dry-run
  rabbitctl shrink_streams rabbit@c --yes --keep-going`,
	})
}

func restartStream() verb.Change {
	return verb.Of(change.RestartStream, verb.About{
		Short: "Restart a stream that hangs, and elect its leader again",
		Long: `Restart the processes of a stream that hangs, on all its nodes. The stream then elects its leader again.
--preferred-leader-node asks for a leader on that node. The broker ignores this if the replica on that node lacks
data that other replicas have; even if that replica has all data, the broker may choose another node. Until the
stream runs again, nobody can publish to it or consume from it. Then clients of the stream protocol have to declare
their publishers and subscribe again. So the command asks; without a terminal it needs --yes. It needs release 3.12
or later.` + verb.OverErlang,
		Example: `  rabbitctl restart_stream events --dry-run
  rabbitctl restart_stream events --preferred-leader-node rabbit@b --yes`,
	})
}

func resetOffset() verb.Change {
	return verb.Of(change.ResetOffset, verb.About{
		Short: "Set the stored offset of a stream's consumer to 0",
		Long: `Set the stored offset of a consumer of a stream to 0. REFERENCE is the name of the consumer, by which the
stream keeps the offset. A consumer that starts at its stored offset then gets the whole stream again. The command shows
the offset and asks; without a terminal it needs --yes. It needs release 4.2 or later. list_stream_tracking lists the
references.` + verb.OverErlang,
		Example: `  rabbitctl reset_offset events app --dry-run
  rabbitctl reset_offset events app -p prod --yes`,
	})
}

func activateStreamConsumer() verb.Change {
	return verb.Of(change.ActivateStreamConsumer, verb.About{
		Short: "Choose an active consumer for a stream's group that has none",
		Long: `Make the broker choose an active consumer for a group of single active consumers that has none. REFERENCE is
the name of the group. If the group has an active consumer, nothing changes. list_stream_consumer_groups lists
the groups, and list_stream_group_consumers lists the consumers of a group. This command needs release 3.11 or
later.` + verb.OverErlang,
		Example: `  rabbitctl activate_stream_consumer events app
  rabbitctl activate_stream_consumer events app -p prod --dry-run`,
	})
}
