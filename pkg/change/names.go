package change

import (
	"context"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// These functions list names of objects, for completion and to suggest a similar name.

// UserNames returns the users of the broker's own database.
func UserNames(ctx context.Context, c *broker.Client, _ string) ([]string, error) {
	return record.Texts(c.Users(ctx, record.Named("name")))
}

// VHostNames returns the virtual hosts that the logged-in user may see.
func VHostNames(ctx context.Context, c *broker.Client, _ string) ([]string, error) {
	return record.Texts(c.VHosts(ctx, record.Named("name")))
}

// QueueNames returns the queues of a virtual host.
func QueueNames(ctx context.Context, c *broker.Client, vhost string) ([]string, error) {
	return record.Texts(queues.Read(ctx, c, vhost, record.Named("name")))
}

// StreamNames returns the streams of a virtual host.
func StreamNames(ctx context.Context, c *broker.Client, vhost string) ([]string, error) {
	return namesOfType(ctx, c, vhost, "stream")
}

// replicatedNames returns the quorum queues and streams of a virtual host.
func replicatedNames(ctx context.Context, c *broker.Client, vhost string) ([]string, error) {
	return namesOfType(ctx, c, vhost, "quorum", "stream")
}

func namesOfType(ctx context.Context, c *broker.Client, vhost string, types ...string) ([]string, error) {
	type queue struct{ name, kind string }
	reader := record.NewReader(func(b *record.Binder, q *queue) {
		b.Text("name", &q.name)
		b.Text("type", &q.kind)
	})
	var names []string
	for q, err := range reader.All(queues.Read(ctx, c, vhost, reader.Columns())) {
		if err != nil {
			return nil, err
		}
		if slices.Contains(types, q.kind) {
			names = append(names, q.name)
		}
	}
	return names, nil
}
