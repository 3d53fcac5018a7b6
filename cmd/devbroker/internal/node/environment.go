package node

import (
	"fmt"
	"path/filepath"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
)

// loopback makes the Erlang distribution listen on loopback only, in the server and in each command-line tool.
const loopback = "-kernel inet_dist_use_interface {127,0,0,1}"

// schedulers are the Erlang arguments for two schedulers that never spin, because several brokers share a small
// machine. The server gets them always, and the tools get them if the nodes speak TLS with each other.
const schedulers = "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none "

// toolArguments returns the Erlang arguments of the command-line tools. Without TLS between the nodes, the tools keep
// Erlang's own schedulers, which spin, so that benchmarks are fair. With TLS they do not: with schedulers that spin,
// rabbitmqctl of 3.10 could not connect in time beside three busy processes on two cores. It ended with 69, or hung.
func toolArguments(b state.Broker) string {
	arguments := loopback + overTLS(b)
	if b.TLSDistribution {
		return schedulers + arguments
	}
	return arguments
}

// Environment is the whole environment of a node and of the command-line tools for it. It takes nothing from the
// caller's environment, so that a RABBITMQ_… variable of the shell cannot change a node.
func Environment(b state.Broker, n state.Node) []string {
	conf := filepath.Join(b.NodeDir(n), "conf")
	return []string{
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"HOME=" + b.Home(),
		// Without a UTF-8 locale the tools read arguments as Latin-1, and so address another object, or create one
		// whose name is encoded twice. Their output is UTF-8 in any locale.
		"LANG=C.UTF-8",
		"LC_ALL=C.UTF-8",
		"ERL_EPMD_ADDRESS=127.0.0.1",
		fmt.Sprintf("ERL_EPMD_PORT=%d", b.EpmdPort),
		"ERL_CRASH_DUMP=" + filepath.Join(b.LogDir(n), "erl_crash.dump"),
		"RABBITMQ_NODENAME=" + n.Node,
		fmt.Sprintf("RABBITMQ_DIST_PORT=%d", n.Ports.Dist),
		// This file is empty. Without the variable the node would read the machine's /etc/rabbitmq/rabbitmq-env.conf. The
		// next three variables also replace files of the machine.
		"RABBITMQ_CONF_ENV_FILE=" + filepath.Join(conf, "rabbitmq-env.conf"),
		"RABBITMQ_CONFIG_FILE=" + filepath.Join(conf, "rabbitmq.conf"),
		"RABBITMQ_CONFIG_FILES=" + filepath.Join(conf, "conf.d"),
		"RABBITMQ_ADVANCED_CONFIG_FILE=" + filepath.Join(conf, "advanced.config"),
		// Debian's 4.0 lists a plugin folder that does not exist, and rabbitmq-plugins fails on it.
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
		"RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=" + schedulers + loopback + overTLS(b),
		"RABBITMQ_CTL_ERL_ARGS=" + toolArguments(b),
		"RABBITMQ_CTL_DIST_PORT_MIN=35672",
		"RABBITMQ_CTL_DIST_PORT_MAX=35771",
	}
}
