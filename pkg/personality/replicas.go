package personality

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
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
		{
			name:  "add_super_stream",
			usage: "add_super_stream <name> [--vhost <vhost>] [--partitions <partitions>] [--binding-keys <binding-keys>]",
			min:   1, max: 1,
			switches: switches{"partitions": integer, "binding-keys": text, "routing-keys": text, "max-length-bytes": text,
				"max-age":                       text,
				"stream-max-segment-size-bytes": text, "leader-locator": text, "initial-cluster-size": integer},
			banner: superStream("Adding a super stream"), run: addSuperStream,
		},
		{
			name: "delete_super_stream", usage: "delete_super_stream <name> [--vhost <vhost>]", min: 1, max: 1,
			banner: superStream("Deleting a super stream"), run: deleteSuperStream,
		},
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

func addSuperStream(ctx context.Context, c *call) (answer, error) {
	if err := addressable(c.vhost(), c.args[0]); err != nil {
		return answer{}, err
	}
	arguments := map[string]any{}
	for option, argument := range map[string]string{"max-length-bytes": "max-length-bytes", "max-age": "max-age",
		"leader-locator":                "queue-leader-locator",
		"stream-max-segment-size-bytes": "stream-max-segment-size-bytes", "initial-cluster-size": "initial-cluster-size"} {
		value, ok := c.line.given(option)
		if !ok {
			continue
		}
		arguments["x-"+argument] = value
		if n, err := strconv.ParseInt(value, 10, 64); err == nil {
			arguments["x-"+argument] = n
		}
	}
	partitions, _ := strconv.Atoi(c.option("partitions", "3"))
	body := map[string]any{"partitions": partitions, "arguments": arguments}
	if keys := c.option("binding-keys", c.option("routing-keys", "")); keys != "" {
		body = map[string]any{"binding-keys": keys, "arguments": arguments}
	}
	err := c.client.AddSuperStream(ctx, c.vhost(), c.args[0], body)
	if broker.IsNotFound(err) || broker.Status(err) == 405 {
		return answer{}, no(fail.Unavailable,
			"the HTTP API of RabbitMQ %s does not make super streams\n  next: run %s on the broker's own machine",
			c.overview.At("rabbitmq_version").Text(), c.tool)
	}
	return answer{text: "Super stream " + c.args[0] + " has been created"}, err
}

// deleteSuperStream deletes the partitions and then their exchange, one by one, since the API has no request for all of
// it.
func deleteSuperStream(ctx context.Context, c *call) (answer, error) {
	if err := addressable(c.vhost(), c.args[0]); err != nil {
		return answer{}, err
	}
	exchange, err := c.client.Exchange(ctx, c.vhost(), c.args[0])
	if broker.IsNotFound(err) || err == nil && exchange.At("arguments.x-super-stream").Text() != "true" {
		return answer{}, no(fail.Internal, "stream_not_found")
	}
	if err != nil {
		return answer{}, err
	}
	var partitions []string
	columns := []record.Column{{Name: "destination"}, {Name: "destination_type"}}
	for row, err := range c.client.ExchangeBindings(ctx, c.vhost(), c.args[0], columns) {
		if err != nil {
			return answer{}, err
		}
		if name := row[0].Text(); row[1].Text() == "queue" && strings.HasPrefix(name, c.args[0]+"-") {
			partitions = append(partitions, name)
		}
	}
	for i, name := range partitions {
		if err := c.client.DeleteQueue(ctx, c.vhost(), name); err != nil && !broker.IsNotFound(err) {
			return answer{}, fmt.Errorf("after %d of %d partitions: %w", i, len(partitions), err)
		}
	}
	if err := c.client.DeleteExchange(ctx, c.vhost(), c.args[0]); err != nil && !broker.IsNotFound(err) {
		return answer{}, err
	}
	return answer{text: "Super stream " + c.args[0] + " has been deleted"}, nil
}
