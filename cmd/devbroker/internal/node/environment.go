package node

import (
	"fmt"
	"path/filepath"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
)

// loopback keeps Erlang's own listener off every other interface: the server's, and the one that each command-line tool opens.
const loopback = "-kernel inet_dist_use_interface {127,0,0,1}"

// Environment is everything that a node and the command-line tools aimed at it find in their environment. Nothing of the caller's
// is taken over, so that a RABBITMQ_… variable of the shell cannot change a node.
func Environment(b state.Broker, n state.Node) []string {
	conf := filepath.Join(b.NodeDir(n), "conf")
	return []string{
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"HOME=" + b.Home(),
		// Without a UTF-8 locale the tools take the bytes of an argument for Latin-1, and so mean another object, or create one
		// with a name that is encoded twice. What they print is UTF-8 in any locale.
		"LANG=C.UTF-8",
		"LC_ALL=C.UTF-8",
		"ERL_EPMD_ADDRESS=127.0.0.1",
		fmt.Sprintf("ERL_EPMD_PORT=%d", b.EpmdPort),
		"ERL_CRASH_DUMP=" + filepath.Join(b.LogDir(n), "erl_crash.dump"),
		"RABBITMQ_NODENAME=" + n.Node,
		fmt.Sprintf("RABBITMQ_DIST_PORT=%d", n.Ports.Dist),
		// An empty file: else /etc/rabbitmq/rabbitmq-env.conf of the machine leaks in. The same goes for the next three.
		"RABBITMQ_CONF_ENV_FILE=" + filepath.Join(conf, "rabbitmq-env.conf"),
		"RABBITMQ_CONFIG_FILE=" + filepath.Join(conf, "rabbitmq.conf"),
		"RABBITMQ_CONFIG_FILES=" + filepath.Join(conf, "conf.d"),
		"RABBITMQ_ADVANCED_CONFIG_FILE=" + filepath.Join(conf, "advanced.config"),
		// Debian's 4.0 has a folder in its own list of plugin folders that does not exist, and rabbitmq-plugins fails over it.
		"RABBITMQ_PLUGINS_DIR=" + filepath.Join(b.Sbin, "..", "plugins"),
		"RABBITMQ_ENABLED_PLUGINS_FILE=" + filepath.Join(conf, "enabled_plugins"),
		"RABBITMQ_GENERATED_CONFIG_DIR=" + filepath.Join(b.NodeDir(n), "generated"),
		"RABBITMQ_MNESIA_BASE=" + b.DataDir(n),
		"RABBITMQ_MNESIA_DIR=" + filepath.Join(b.DataDir(n), "node"),
		"RABBITMQ_FEATURE_FLAGS_FILE=" + filepath.Join(b.DataDir(n), "feature_flags"),
		"RABBITMQ_PLUGINS_EXPAND_DIR=" + filepath.Join(b.DataDir(n), "plugins"),
		"RABBITMQ_PID_FILE=" + filepath.Join(b.DataDir(n), "pid"),
		"RABBITMQ_LOG_BASE=" + b.LogDir(n),
		"RABBITMQ_LOGS=" + b.LogFile(n),
		// Two schedulers, never spinning, and few threads: several brokers share a small machine.
		"RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none " + loopback,
		"RABBITMQ_CTL_ERL_ARGS=" + loopback,
		"RABBITMQ_CTL_DIST_PORT_MIN=35672",
		"RABBITMQ_CTL_DIST_PORT_MAX=35771",
	}
}
