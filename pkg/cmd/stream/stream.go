// Package stream has the commands about streams and the clients of the stream protocol.
package stream

import (
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// Commands are this noun's commands, in the order of the help.
func Commands() []verb.Command {
	return []verb.Command{listConnections(), listConsumers(), listPublishers(), listTracking(), status(),
		declare(), listSuper(), addSuper(), deleteSuper(), addReplica(), deleteReplica(), growStreams(), shrinkStreams(),
		restartStream(), coordinatorStatus(), listConsumerGroups(), listGroupConsumers(), activateStreamConsumer(),
		resetOffset()}
}
