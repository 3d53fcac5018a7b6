// Package queue has the commands about queues.
package queue

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// Commands returns the commands of this package, in the order in which the help lists them.
func Commands() []verb.Command {
	return []verb.Command{list(), show(), quorumStatus(), declare(), purge(), remove(), purgeMany(), removeMany(),
		recreate(), migrate(), peekQueue(), reclaimQuorumMemory(), forceCheckpoint(), syncQueue(),
		cancelSyncQueue()}
}

// name is the argument that names a queue.
func name() verb.Arg {
	return verb.Arg{Name: "QUEUE", Complete: func(ctx context.Context, c *broker.Client, vhost string) ([]string, error) {
		return record.Texts(queues.Read(ctx, c, vhost, record.Named("name")))
	}}
}
