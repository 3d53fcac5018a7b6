package node

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// overErlang is the end of the help text of each command for which the HTTP API has no request.
const overErlang = verb.OverErlang

func setDiskFreeLimit() verb.Change {
	return verb.Of(change.SetDiskFreeLimit, verb.About{
		Short: "Set how much disk space must be free on a node",
		Long: `Set how much disk space must be free on a node: a size, or a fraction of the machine's memory after the
word mem_relative. While less is free, a disk alarm blocks the publishers of the whole cluster. If the limit is
above the space that is free now, the command asks for confirmation. After the change it reads the limit back, and
fails if the limit is another one: a node that does not monitor its disk answers ok and changes nothing. The limit
holds until the node restarts. The command prints the line for rabbitmq.conf that makes it permanent.

A size without a unit is in bytes. kB, MB and GB are powers of 1000, and k, M, G, kiB, MiB and GiB powers of 1024, as
with rabbitmqctl (3.10, 4.3). Since 3.13 rabbitmq.conf reads k, M and G as powers of 1000; the printed line means the
same size on all releases.` + overErlang,
		Example: `  rabbitctl set_disk_free_limit 1GB
  rabbitctl set_disk_free_limit mem_relative 0.5 --dry-run
  rabbitctl set_disk_free_limit 2GB --node rabbit@a --erlang-cookie-file /var/lib/rabbitmq/.erlang.cookie`,
	})
}

func activateDiskMonitoring() verb.Change {
	return verb.Of(change.ActivateDiskMonitoring, verb.About{
		Short: "Make a node watch its free disk space again",
		Long: `Make a node watch its free disk space again, after deactivate_free_disk_space_monitoring, or after it gave
up because it could not read the disk.` + overErlang,
		Example: `  rabbitctl activate_free_disk_space_monitoring`,
	})
}

func deactivateDiskMonitoring() verb.Change {
	return verb.Of(change.DeactivateDiskMonitoring, verb.About{
		Short: "Stop a node from watching its free disk space",
		Long: `Stop a node from watching its free disk space, for example because reading the disk does harm. Then a disk
that fills raises no alarm, an alarm that is on stays on, and list_nodes shows the last figure from before.
check_disk judges by this old figure. If an option, a variable or the context gives check_disk the Erlang cookie, it
also asks the node whether it watches its disk. It is then UNKNOWN where it would be OK; WARNING and CRITICAL stay.
activate_free_disk_space_monitoring makes the node watch its disk again. This command asks for confirmation; without a
terminal it needs --yes.` + overErlang,
		Example: `  rabbitctl deactivate_free_disk_space_monitoring --dry-run
  rabbitctl deactivate_free_disk_space_monitoring --yes`,
	})
}

func setMemoryHighWatermark() verb.Change {
	return verb.Of(change.SetMemoryHighWatermark, verb.About{
		Short: "Set how much memory a node may use",
		Long: `Set how much memory a node may use: a fraction of the machine's memory, or a size after the word absolute.
While the node uses more, a memory alarm blocks the publishers of the whole cluster. If the node uses more now, the
command asks for confirmation. The limit holds until the node restarts. The command prints the line for rabbitmq.conf
that makes it permanent. A size without a unit is in bytes; kB, MB and GB are powers of 1000, and k, M, G, kiB, MiB and
GiB powers of 1024, as for set_disk_free_limit.` + overErlang,
		Example: `  rabbitctl set_vm_memory_high_watermark 0.5
  rabbitctl set_vm_memory_high_watermark absolute 4GB --dry-run`,
	})
}

func setLogLevel() verb.Change {
	return verb.Of(change.SetLogLevel, verb.About{
		Short: "Set the log level of a node",
		Long: `Set the log level of a node, for all its log outputs: debug, info, notice, warning, error, critical, alert,
emergency or none. It lasts until the node restarts. At level debug a busy node writes very much.` + overErlang,
		Example: `  rabbitctl set_log_level debug
  rabbitctl set_log_level info`,
	})
}

func forceGC() verb.Change {
	return verb.Of(change.ForceGC, verb.About{
		Short: "Make all processes of a node collect their garbage",
		Long: `Make all Erlang processes of a node collect their garbage. The node answers at once and does the work in the
background, which takes CPU time. This hardly ever frees much memory; memory_breakdown shows what a node uses its memory
for.` + overErlang,
		Example: `  rabbitctl force_gc`,
	})
}

func stopApp() verb.Change {
	return verb.Of(change.StopApp, verb.About{
		Short: "Stop RabbitMQ on a node, and keep the Erlang node",
		Long: `Stop RabbitMQ on a node, and keep the Erlang node running, for example before join_cluster or reset. All
connections to the node end, and its management API is gone until start_app. The command shows how many connections
the node has and which queues have no majority without the node, and asks; without a terminal it needs
--yes.` + overErlang,
		Example: `  rabbitctl stop_app --node rabbit@b --dry-run
  rabbitctl stop_app --node rabbit@b`,
	})
}

func startApp() verb.Change {
	return verb.Of(change.StartApp, verb.About{
		Short:   "Start RabbitMQ on a node where it is stopped",
		Long:    `Start RabbitMQ on a node whose Erlang VM runs without it, as after stop_app, and wait until RabbitMQ runs.` + overErlang,
		Example: `  rabbitctl start_app --node rabbit@b`,
	})
}

func eval() verb.Change {
	return verb.Of(change.Eval, verb.About{
		Short: "Run Erlang code on a node",
		Long: `Run Erlang code on a node, and print its output and its value. In the code, the variables _1, _2 and so on
are the arguments, as binaries. The Erlang cookie gives all rights on the node, and no permission limits what the code
does. rabbitctl cannot see what the code does, so it asks only in a protected context. When the time of --timeout is
over, rabbitctl stops waiting, and the code keeps running on the node. If the code prints something after that, the
code fails.` + overErlang,
		Example: `  rabbitctl eval 'rabbit_vhost:list()'
  rabbitctl eval 'rabbit_nodes:list_running()' --node rabbit@b
  rabbitctl eval '{_1, os:timestamp()}' text`,
	})
}
