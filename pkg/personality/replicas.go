package personality

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// replicaChanges are the commands about super streams and federation links.
func replicaChanges() []command {
	return []command{
		{
			name: "restart_federation_link", usage: "restart_federation_link <link_id>", min: 1, max: 1, run: restartLink,
			banner: func(c *call) string { return "Restarting federation link " + c.args[0] + " on node " + c.node },
		},
		ofOp(change.AddSuperStream, command{
			usage:  "add_super_stream <name> [--vhost <vhost>] [--partitions <partitions>] [--binding-keys <binding-keys>]",
			banner: superStream("Adding a super stream"),
		}, superStreamAdded),
		ofOp(change.DeleteSuperStream, command{usage: "delete_super_stream <name> [--vhost <vhost>]",
			banner: superStream("Deleting a super stream")}, superStreamDeleted),
	}
}

func superStream(doing string) func(*call) string {
	return func(c *call) string {
		if !c.since(4, 0) {
			return doing + " (experimental feature)..."
		}
		return doing + "..."
	}
}

func restartLink(ctx context.Context, c *call) (answer, error) {
	for row, err := range c.client.FederationLinks(ctx, "", []record.Column{{Name: "id"}, {Name: "vhost"},
		{Name: "node"}}) {
		if err != nil {
			return answer{}, err
		}
		if row[0].Text() == c.args[0] && row[2].Text() == c.node {
			return answer{}, c.client.RestartFederationLink(ctx, row[1].Text(), c.args[0], c.node)
		}
	}
	return answer{}, no(fail.Unavailable, "Link with the given ID was not found")
}

func superStreamAdded(_ context.Context, c *call, _ change.Outcome, err error) (answer, error) {
	if broker.IsNotFound(err) || broker.Status(err) == 405 {
		return answer{}, no(fail.Unavailable,
			"the HTTP API of RabbitMQ %s does not make super streams\n  next: run %s on the broker's own machine",
			c.overview.At("rabbitmq_version").Text(), c.tool)
	}
	return answer{text: "Super stream " + c.args[0] + " has been created"}, err
}

func superStreamDeleted(_ context.Context, c *call, _ change.Outcome, err error) (answer, error) {
	if m := change.MissingOf(err); m != nil {
		return answer{}, no(fail.Internal, "stream_not_found")
	}
	return answer{text: "Super stream " + c.args[0] + " has been deleted"}, err
}
