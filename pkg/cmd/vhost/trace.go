package vhost

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func traceOn() verb.Change {
	return verb.Of(change.TraceOn, verb.About{
		Short: "Copy each message of a virtual host to amq.rabbitmq.trace",
		Long: `Trace the virtual host of -p (default /) on the node that this command asks. The node then publishes a copy
of each message that its clients publish or get in the virtual host, except over the stream protocol. The copies go to
the exchange amq.rabbitmq.trace of the virtual host, and to the queues that are bound to this exchange. The other nodes
of a cluster do not trace: --url chooses the node. Tracing makes the node much slower, and users who may read such a
queue see all messages: end it with trace_off. Otherwise tracing lasts until the node restarts, even if the virtual host
is deleted and added again.`,
		Example: `  rabbitctl trace_on
  rabbitctl trace_on -p prod --dry-run`,
	})
}

func traceOff() verb.Change {
	return verb.Of(change.TraceOff, verb.About{
		Short: "End the tracing of a virtual host",
		Long: `End the tracing that trace_on started in the virtual host of -p (default /), on the node that this command
asks. rabbitctl list_vhosts name tracing shows which virtual hosts that node traces.`,
		Example: `  rabbitctl trace_off
  rabbitctl trace_off -p prod --check`,
	})
}

func restart() verb.Change {
	return verb.Of(change.RestartVHost, verb.About{
		Short: "Start a virtual host that stopped",
		Long: `Start the virtual host of -p (default /) on every running node on which it is stopped, or only on the node of
--node. A virtual host stops on a node when its message store fails; the log of that node says why. If the virtual host
already runs on all running nodes, or on the node of --node, the outcome is "unchanged".`,
		Example: `  rabbitctl restart_vhost -p prod
  rabbitctl restart_vhost -p prod --node rabbit@b`,
	})
}
