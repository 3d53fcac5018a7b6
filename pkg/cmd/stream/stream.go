// Package stream has the commands about streams and the clients of the stream protocol.
package stream

import (
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// Commands returns the commands of this package, in the order in which the help lists them.
func Commands() []verb.Command {
	return []verb.Command{listConnections(), listConsumers(), listPublishers(), listTracking(), status(),
		declare(), listSuper(), addSuper(), deleteSuper(), addReplica(), deleteReplica(), growStreams(), shrinkStreams(),
		restartStream(), coordinatorStatus(), listConsumerGroups(), listGroupConsumers(), activateStreamConsumer(),
		resetOffset()}
}
