// Package node has the commands about the cluster's nodes.
package node

import (
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// Commands returns the commands of this package, in the order in which the help lists them.
func Commands() []verb.Command {
	return []verb.Command{
		status(), list(), show(), listAlarms(), memoryBreakdown(), listAuthAttempts(), ping(), serverVersion(),
		erlangVersion(),
		logLocation(), environment(), resetStatistics(), resetAttempts(),
		setDiskFreeLimit(), activateDiskMonitoring(), deactivateDiskMonitoring(), setMemoryHighWatermark(),
		setLogLevel(), forceGC(), stopApp(), startApp(), eval(), stop(), shutdown(),
		drain(), revive(), suspendListeners(), resumeListeners(), forceBoot(), reset(), forceReset(),
		joinCluster(), forgetClusterNode(), changeClusterNodeType(), forceStandaloneKhepriBoot(),
		logTail(), logTailStream(), consumeEventStream(), tlsVersions(), cipherSuites(), osEnv(),
		resolveHostname(), resolverInfo(), discoverPeers(), erlangCookieHash(), erlangCookieSources(),
		metadataStoreStatus(), maybeStuck(), listUnresponsiveQueues(), schemaInfo(),
		certificates(), listTrustStore(), refreshTrustStore(), addSigningKey(), addUAAKey(), clearAuthCache(),
		listNetworkInterfaces(), commandLineArguments(), runtimeThreadStats(),
		enableSourceTracking(), disableSourceTracking(),
		listChannelInterceptors(), setInterceptorPriorities(), evalFile(), observer(), remoteShell(),
	}
}

func list() verb.List {
	return verb.List{
		Name:  "list_nodes",
		Short: "List the cluster's nodes",
		Long: `List the cluster's nodes with their memory and disk. Figures and alarm flags can be ten seconds old;
check_alarms is always up to date. A node that does not run has no figures. For about a minute after a node has stopped
answering, no node has figures, and the exit code is 75. The user needs the tag monitoring.`,
		Example: `  rabbitctl list_nodes
  rabbitctl list_nodes name disk_free disk_free_limit disk_free_alarm
  rabbitctl list_nodes --where '!running' -o json`,
		Group: "running",
		Table: table(),
		Rows:  verb.OfFigures(verb.OfBroker((*broker.Client).Nodes)),
	}
}
