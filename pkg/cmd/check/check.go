// Package check has the checks for monitoring. Each check gives one verdict, as an exit code and in one line.
package check

import "github.com/rabbitctl/rabbitctl/pkg/verb"

// Commands returns the commands of this package, in the order in which the help lists them.
func Commands() []verb.Command {
	all := []verb.Command{checkBundle()}
	for _, c := range checks() {
		all = append(all, c)
	}
	return all
}

// checks returns new values of all checks. Each value has its own flags.
func checks() []verb.Check {
	return []verb.Check{
		checkAlarms(), checkLocalAlarms(), checkNodes(), checkDisk(), checkMemory(), checkFileDescriptors(),
		checkConnections(), checkUnroutable(),
		checkQueues(), checkQuorum(), checkNode(), checkFeatureFlags(), checkRunning(), checkVirtualHosts(),
		checkPortListener(), checkProtocolListener(), checkPortConnectivity(),
		checkCertificates(), checkCertificateExpiration(), checkShovels(), checkFederation(),
		checkMetadataStore(false), checkMetadataStore(true), checkDeprecatedFeatures(),
		checkElectedLeaders(), checkInitialSync(), checkQuorumCritical(), checkMirrorSync(), checkMirroringPolicy(),
		checkTargetClusterSize(), checkPlugins(),
	}
}
