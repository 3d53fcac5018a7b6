package survey

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// DownQueues finds the classic queues that nobody reaches, since their node does not run.
func DownQueues(ctx context.Context, c *broker.Client) (diagnose.DownQueues, error) {
	var down diagnose.DownQueues
	err := each(queues.States(ctx, c, "", named("vhost", "name", "type", "state", "node")), func(row record.Row) {
		if isDown(row[2].Text(), row[3].Text()) {
			down.Add(row[0].Text(), row[1].Text(), row[4].Text())
		}
	})
	return down, err
}

// isDown tells whether nobody reaches a queue of that type and state. Quorum queues and streams are judged by their members.
func isDown(kind, state string) bool { return kind == "classic" && state == "down" }
