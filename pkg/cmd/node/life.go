package node

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func stop() verb.Change {
	return verb.Of(change.Stop, verb.About{
		Short: "Stop a node: RabbitMQ and the Erlang node with it",
		Long: `Stop a node, both RabbitMQ and Erlang, and wait until the node has ended.
The node can be started again on its own machine only. The command shows how many connections the node has and
which queues have no majority without the node, and asks; without a terminal it needs --yes. stop_app stops RabbitMQ and
keeps the Erlang node, which start_app needs.

A service manager such as systemd or Kubernetes may start the node again at once.` + overErlang,
		Example: `  rabbitctl stop --node rabbit@b --dry-run
  rabbitctl stop --node rabbit@b`,
	})
}

func shutdown() verb.Change {
	return verb.Of(change.Shutdown, verb.About{
		Short: "Stop a node, as stop does",
		Long: `Stop a node, both RabbitMQ and Erlang, and wait until the node has ended.
This is the same as stop, under the name of the rabbitmqctl command that waits. It shows how many
connections the node has and which queues have no majority without the node, and asks; without a terminal it needs
--yes.` + overErlang,
		Example: `  rabbitctl shutdown --node rabbit@b --dry-run
  rabbitctl shutdown --node rabbit@b`,
	})
}

func drain() verb.Change {
	return verb.Of(change.Drain, verb.About{
		Short: "Put a node into maintenance: no clients, no leaders of quorum queues",
		Long: `Put a node into maintenance, for example before an upgrade. Its listeners, also those of the management API,
take no new connections, and its clients are disconnected. The leaders of its quorum queues move to other nodes where
they can, and the members of quorum queues on the node stop. Classic queues and the leaders of streams stay on the
node. The command shows how many connections the node has and which queues have no majority without the node, and asks;
without a terminal it needs --yes. revive ends the maintenance, and so does a restart.` + overErlang,
		Example: `  rabbitctl drain --node rabbit@b --dry-run
  rabbitctl drain --node rabbit@b`,
	})
}

func revive() verb.Change {
	return verb.Of(change.Revive, verb.About{
		Short: "End the maintenance of a node",
		Long: `End the maintenance of a node after drain: its listeners take connections again. The leaders of its queues do not come
back by themselves.` + overErlang,
		Example: `  rabbitctl revive --node rabbit@b`,
	})
}

func suspendListeners() verb.Change {
	return verb.Of(change.SuspendListeners, verb.About{
		Short: "Make a node accept no new connections",
		Long: `Make a node accept no new connections of clients, also none to the management API and to Prometheus, until
resume_listeners or a restart of the node. Open connections stay, and the other nodes of the cluster can still
connect. The command shows the listeners and asks; without a terminal it needs --yes.` +
			overErlang,
		Example: `  rabbitctl suspend_listeners --node rabbit@b --dry-run
  rabbitctl suspend_listeners --node rabbit@b --yes`,
	})
}

func resumeListeners() verb.Change {
	return verb.Of(change.ResumeListeners, verb.About{
		Short:   "Make a node accept connections again",
		Long:    `Make a node accept connections again after suspend_listeners.` + overErlang,
		Example: `  rabbitctl resume_listeners --node rabbit@b`,
	})
}

func reset() verb.Change {
	return verb.Of(change.Reset, verb.About{
		Short: "Delete all that a node has, and take it out of its cluster",
		Long: `Delete all that a node has (users, virtual hosts, queues and messages), and take it out of its cluster.
RabbitMQ has to be stopped on it first (stop_app). Nothing brings the data back. NODE has to be the full name of the
node that the command reaches (see --node), so that no default, variable or context decides which node loses its data.
The command shows the other nodes of the cluster and asks; without a terminal it needs --yes. On 4.3 it cannot show
them, because there a node does not know its cluster while RabbitMQ is stopped.` + overErlang,
		Example: `  rabbitctl reset rabbit@b --node rabbit@b --dry-run
  rabbitctl reset rabbit@b --node rabbit@b`,
	})
}

func forceReset() verb.Change {
	return verb.Of(change.ForceReset, verb.About{
		Short: "Delete all that a node has, and tell its cluster nothing",
		Long: `Delete all that a node has, as reset does, but tell the other nodes of its cluster nothing. Use it if none
of them can be reached. They still count the node as a member until you run forget_cluster_node on one of them.
RabbitMQ has to be stopped on the node. Nothing brings the data back. NODE has to be the full name of the node that
the command reaches (see --node): it confirms that this node is meant, and chooses none. The command asks; without a
terminal it needs --yes. From 4.0.7 on a node that keeps its metadata in Khepri refuses this command: use reset
there.` + overErlang,
		Example: `  rabbitctl force_reset rabbit@b --node rabbit@b --dry-run
  rabbitctl force_reset rabbit@b --node rabbit@b`,
	})
}

func forceBoot() verb.Change {
	return verb.Of(change.ForceBoot, verb.About{
		Short: "Let a node start next time without its cluster",
		Long: `Let a node start next time without waiting for the nodes that still ran when it stopped. Use it only if
those nodes are lost; the changes that they made after this node stopped are lost, too. RabbitMQ has to be stopped on
the node, and the Erlang node has to run. If the Erlang node does not run either, create an empty file force_load in its
data directory instead. The command asks; without a terminal it needs --yes.

A node that keeps its metadata in Khepri cannot be forced to start: the command fails, and changes nothing. If the other
nodes are lost for good, start RabbitMQ on such a node. While it waits for the other nodes, run
force_standalone_khepri_boot.` + overErlang,
		Example: `  rabbitctl force_boot --node rabbit@b --dry-run
  rabbitctl force_boot --node rabbit@b --yes`,
	})
}
