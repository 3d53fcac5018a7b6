package node

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func joinCluster() verb.Change {
	return verb.Of(change.JoinCluster, verb.About{
		Short: "Make a node a member of another node's cluster",
		Long: `Make the node of --node a member of the cluster of EXISTING_CLUSTER_MEMBER, on which RabbitMQ has to run.
A node that joins loses all that it has: users, virtual hosts, queues and messages. So its name has to be typed, as
--reset NODE, and the command asks; without a terminal it needs --yes, too. On releases before 4.0 RabbitMQ has to be
stopped on the node that joins. From 4.0 on RabbitMQ may run there: it is then stopped, the node is reset, and RabbitMQ
is started again; --dry-run shows how much the node has. If RabbitMQ was stopped before, start it with start_app
afterwards.

A node that is a member already stays as it is. But on 4.3 a node does not know its cluster while RabbitMQ is stopped
on it. If the cluster lists such a node as a member, the command warns of that, and would still reset the node after
the confirmation. At the end the command checks that the cluster lists the node.` + overErlang,
		Example: `  rabbitctl join_cluster rabbit@a --node rabbit@b --dry-run
  rabbitctl join_cluster rabbit@a --node rabbit@b --reset rabbit@b
  rabbitctl start_app --node rabbit@b`,
	})
}

func forgetClusterNode() verb.Change {
	return verb.Of(change.ForgetClusterNode, verb.About{
		Short: "Remove a node from the cluster for good",
		Long: `Remove a node from the cluster, and the members of quorum queues and streams that are on it. RabbitMQ must
not run on it any more; its machine need not exist any more. The node of --node does the removal: it has to be another
node of the cluster, and RabbitMQ has to run on it. The command shows which queues have a member on the node to be
removed, and which of these are on no other node and would be lost. Then it asks; without a terminal it needs --yes.

At the end the command checks that the cluster no longer lists the node. If members of queues could not be removed,
the command lists them, and the exit code is 75: the node is removed anyway, so do not remove it again. A removed
node cannot come back until it is reset. From 4.3 on the removal itself resets the node if its Erlang node can be
reached: all that the node has is then deleted, and its next start is as a single node. With --if-exists it is no
failure if the cluster does not list the node before the removal.` + overErlang,
		Example: `  rabbitctl forget_cluster_node rabbit@c --node rabbit@a --dry-run
  rabbitctl forget_cluster_node rabbit@c --node rabbit@a`,
	})
}

func changeClusterNodeType() verb.Change {
	return verb.Of(change.ChangeClusterNodeType, verb.About{
		Short: "Let a node keep the metadata on its disk, or in memory only",
		Long: `Let a node of a release before 4.3 keep the metadata on its disk (TYPE disc), or in memory only (TYPE ram).
First stop RabbitMQ on this node with stop_app, which keeps the Erlang node running. A cluster needs at least
one node of type disc. Releases from 4.3 on have no such types.` + overErlang,
		Example: `  rabbitctl change_cluster_node_type disc --node rabbit@b`,
	})
}

func forceStandaloneKhepriBoot() verb.Change {
	return verb.Of(change.ForceStandaloneKhepriBoot, verb.About{
		Short: "Make a node run alone after its cluster has lost its majority for good",
		Long: `Make a node the only member of the metadata store Khepri, so that it runs without the rest of its cluster.
This is for a cluster whose Khepri has no majority because half of the nodes or more are lost for good. Metadata
that only the other nodes have are lost. RabbitMQ has to run on the node, or to wait there for the other nodes at
its start; if it waits, the command lets it go on. While RabbitMQ is stopped, the command fails and changes nothing.
Before RabbitMQ is started again on one of the other nodes, reset that node. Quorum queues and streams without a
majority stay without one. NODE has to be the full name of the node that the command reaches (see --node): it confirms
that this node is meant, and chooses none. The command shows the members that it removes, and asks; without a terminal
it needs --yes.` +
			overErlang,
		Example: `  rabbitctl force_standalone_khepri_boot rabbit@a --node rabbit@a --dry-run
  rabbitctl force_standalone_khepri_boot rabbit@a --node rabbit@a`,
	})
}
