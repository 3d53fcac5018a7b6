package personality

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// replicaChanges are the commands about super streams and federation links.
func replicaChanges() []command {
	return []command{
		ofOp(change.RestartFederationLink, command{
			usage:  "restart_federation_link <link_id>",
			banner: func(c *call) string { return "Restarting federation link " + c.args[0] + " on node " + c.node },
		}, linkRestarted),
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

func linkRestarted(_ context.Context, _ *call, _ change.Outcome, err error) (answer, error) {
	if change.MissingOf(err) != nil {
		err = no(fail.Unavailable, "Link with the given ID was not found")
	}
	return answer{}, err
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
