package change

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// The names of what is there, for completion and for the nearest name.

// UserNames are the users of the broker's own database.
func UserNames(ctx context.Context, c *broker.Client, _ string) ([]string, error) {
	return record.Texts(c.Users(ctx, record.Named("name")))
}

// VHostNames are the virtual hosts that this user may see.
func VHostNames(ctx context.Context, c *broker.Client, _ string) ([]string, error) {
	return record.Texts(c.VHosts(ctx, record.Named("name")))
}

// QueueNames are the queues of a virtual host.
func QueueNames(ctx context.Context, c *broker.Client, vhost string) ([]string, error) {
	return record.Texts(queues.Read(ctx, c, vhost, record.Named("name")))
}
