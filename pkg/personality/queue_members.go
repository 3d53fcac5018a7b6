package personality

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// memberChanges are the commands that add members to quorum queues, and take them away. The broker has requests that do
// so for many queues at once, which answer before they are done and never tell what came of it; so each queue has a
// request of its own.
func memberChanges() []command {
	const anHour = 3600 // the tools set no limit for many queues
	const patterns = " [--vhost-pattern <pattern>] [--queue-pattern <pattern>] [--membership <promotable|voter>]"
	growing := switches{"vhost-pattern": text, "queue-pattern": text, "membership": text, "errors-only": truth,
		"table-headers": truth, "pad-to-header": truth}
	return []command{
		{
			name:  "add_member",
			usage: "add_member [--vhost <vhost>] <queue> <node> [--membership <promotable|voter>] [--timeout <timeout>]", min: 2,
			max: 2, switches: switches{"membership": text}, ready: inCluster(1),
			valid: (*call).membershipKnown,
			banner: func(c *call) string {
				what := "replica"
				if c.since(4, 3) {
					what = "member"
				}
				return "Adding a " + what + " for queue " + c.args[0] + " on node " + c.args[1] + "..."
			},
			run: func(ctx context.Context, c *call) (answer, error) {
				return answer{}, c.member(ctx, func(members []string) error {
					if slices.Contains(members, c.args[1]) {
						return nil // the official tool has nothing to do then either
					}
					return c.client.AddMember(ctx, c.vhost(), c.args[0], c.args[1], c.option("membership", ""))
				})
			},
		},
		{
			name: "delete_member", usage: "delete_member [--vhost <vhost>] <queue> <node>", min: 2, max: 2,
			banner: func(c *call) string {
				return "Removing a replica of queue " + c.args[0] + " on node " + c.args[1] + "..."
			},
			run: func(ctx context.Context, c *call) (answer, error) {
				return answer{}, c.member(ctx, func(members []string) error {
					switch {
					case !slices.Contains(members, c.args[1]):
						return nil
					case len(members) == 1:
						return no(fail.Unavailable, "last_node: %s", errLastMember)
					}
					return c.client.DeleteMember(ctx, c.vhost(), c.args[0], c.args[1])
				})
			},
		},
		{
			name: "grow", usage: "grow <node> <all | even>" + patterns, min: 2, max: 2, seconds: anHour, switches: growing,
			run:   growOn,
			valid: (*call).growth,
			ready: inCluster(0),
			banner: func(c *call) string {
				return "Growing " + c.args[1] + " " + c.replicatedQueues() + " on " + c.args[0] + "..."
			},
		},
		{
			name: "grow_to_count", usage: "grow_to_count <node_count> <all | even>" + patterns, min: 2, max: 2, seconds: anHour,
			switches: growing, run: growToCount,
			valid: func(c *call) *fault {
				n, err := strconv.Atoi(c.args[0])
				switch f := c.growth(); {
				case f != nil:
					return f
				case err != nil:
					return c.invalid(strconv.Quote("node count '" + c.args[0] + "' is no number."))
				case n < 1:
					return c.invalid(strconv.Quote("node count '" + c.args[0] + "' must be greater than 0."))
				}
				return nil
			},
			banner: func(c *call) string { return "Growing " + c.args[1] + " quorum queues on " + c.args[0] + " nodes..." },
		},
		{
			name: "shrink", usage: "shrink <node> [--errors-only]", min: 1, max: 1, seconds: anHour, run: shrink,
			switches: switches{"errors-only": truth, "table-headers": truth, "pad-to-header": truth},
			banner:   func(c *call) string { return "Shrinking " + c.replicatedQueues() + " on " + c.args[0] + "..." },
		},
	}
}

// replicatedQueues is what the tool calls them; since 4.3 it knows of other types to come.
func (c *call) replicatedQueues() string {
	if c.since(4, 3) {
		return "queues"
	}
	return "quorum queues"
}

// inCluster refuses an argument that is no running node of the cluster, as the tools do since 3.13.
func inCluster(at int) func(context.Context, *call) error {
	return func(ctx context.Context, c *call) error {
		if !c.since(3, 13) {
			return nil
		}
		running, err := c.running(ctx)
		if err == nil && !slices.Contains(running, c.args[at]) {
			return &fault{fail.Usage, fmt.Sprintf("Error: node %s is not a member of the cluster", c.args[at])}
		}
		return err
	}
}

// noMembers says that the release, or the broker's settings, refuse to change members.
func (c *call) noMembers() *fault {
	return no(fail.Unavailable,
		"the HTTP API of RabbitMQ %s does not change members here\n  next: run %s on the broker's own machine",
		c.overview.At("rabbitmq_version").Text(), c.tool)
}

// member changes the members of a quorum queue that is there; change is told which it has.
func (c *call) member(ctx context.Context, change func(members []string) error) error {
	if err := addressable(c.vhost(), c.args[0]); err != nil {
		return err
	}
	queue, err := c.client.QueueWithoutStats(ctx, c.vhost(), c.args[0])
	switch {
	case broker.IsNotFound(err) && !c.since(3, 13):
		return no(fail.Unavailable, "not_found")
	case broker.IsNotFound(err):
		return c.missingQueue()
	case err != nil:
		return err
	case queue.At("type").Text() != "quorum":
		return no(fail.Unavailable, "queue '%s' has no members that could be changed: its type is %s", c.args[0],
			queue.At("type").Text())
	}
	if err = change(textsOf(queue.At("members"))); broker.IsNotOffered(err) || broker.IsNotFound(err) {
		return c.noMembers()
	}
	return err
}
