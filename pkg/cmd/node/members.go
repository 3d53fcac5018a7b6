package node

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func joinCluster() verb.Change {
	return verb.Of(change.JoinCluster, verb.About{
		Short: "Make a node a member of another node's cluster",
		Long: `Make the node of --node a member of the cluster that the given node is in. A node that joins loses all that it has: users,
virtual hosts, queues and messages. So its name has to be typed, as --reset NODE, and the command asks; without a
terminal it needs --yes, too. On releases before 4.0 RabbitMQ has to be stopped on the node. From 4.0 on RabbitMQ may
run there: the node is then stopped, reset and started again, and --dry-run shows what is on it. If RabbitMQ was
stopped before, start it with start_app afterwards. A node that is a member already is left alone. On 4.3 a node does
not know its cluster while RabbitMQ is stopped on it: then the command only warns if the cluster counts the node as a
member, and asks all the same. At the end the command reads back whether the cluster lists the node. There is no time
limit unless --timeout is given.` + overErlang,
		Example: `  rabbitctl join_cluster rabbit@a --node rabbit@b --dry-run
  rabbitctl join_cluster rabbit@a --node rabbit@b --reset rabbit@b
  rabbitctl start_app --node rabbit@b`,
	})
}

func forgetClusterNode() verb.Change {
	return verb.Of(change.ForgetClusterNode, verb.About{
		Short: "Remove a node from the cluster for good",
		Long: `Remove a node from the cluster, and the members of quorum queues and streams that are on it. RabbitMQ has to
be stopped on it, or the node may be gone altogether. Name another node of the cluster with --node; that node does the
removal. It shows which queues have a member on the node, and which are on no other node and would be lost. Then it
asks; without a terminal it needs --yes.

It reads back whether the node is gone. Members that could not be removed are listed, and the exit code is 75: the node
is removed anyway, so do not remove it again. A removed node cannot come back until it is reset. 4.3 itself resets a
removed node that it can reach: all that the node has is then deleted, and it starts alone. There is no time limit
unless --timeout is given.` +
			overErlang,
		Example: `  rabbitctl forget_cluster_node rabbit@c --node rabbit@a --dry-run
  rabbitctl forget_cluster_node rabbit@c --node rabbit@a`,
	})
}

func changeClusterNodeType() verb.Change {
	return verb.Of(change.ChangeClusterNodeType, verb.About{
		Short: "Let a node keep the metadata on its disk, or in memory only",
		Long: `Let a node of a release before 4.3 keep the metadata on its disk (disc), or in memory only (ram). RabbitMQ has to be
stopped on it. A cluster needs at least one node of type disc. Releases from 4.3 on have no such types.` + overErlang,
		Example: `  rabbitctl change_cluster_node_type disc --node rabbit@b`,
	})
}

func forceStandaloneKhepriBoot() verb.Change {
	return verb.Of(change.ForceStandaloneKhepriBoot, verb.About{
		Short: "Make a node run alone after most of its cluster is lost for good",
		Long: `Make a node the only member of the metadata store Khepri, so that it runs without the rest of its cluster.
This is for a cluster whose Khepri has no majority because most nodes are lost for good. Metadata that only the other
nodes have are lost. The command works while RabbitMQ runs on the node, or waits for the other nodes at its start, in
start_app or as a service: then it starts. While RabbitMQ is stopped, the command changes nothing. Reset each of the
other nodes before you start it again. Quorum queues and streams without a majority stay without one. You have to type
the name of the node in full. It shows the members that are removed and asks; without a terminal it needs --yes, too.` +
			overErlang,
		Example: `  rabbitctl force_standalone_khepri_boot rabbit@a --node rabbit@a --dry-run
  rabbitctl force_standalone_khepri_boot rabbit@a --node rabbit@a`,
	})
}
