package personality

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// memberChanges returns the commands that add members to quorum queues and remove them.
func memberChanges() []command {
	const patterns = " [--vhost-pattern <pattern>] [--queue-pattern <pattern>] [--membership <promotable|voter>]"
	return []command{
		ofOp(change.AddMember, command{
			usage: "add_member [--vhost <vhost>] <queue> <node> [--membership <promotable|voter>] [--timeout <timeout>]",
			ready: inCluster(1), valid: (*call).membershipKnown, younger: true,
			banner: func(c *call) string {
				what := "replica"
				if c.since(4, 3) {
					what = "member"
				}
				return "Adding a " + what + " for queue " + c.args[0] + " on node " + c.args[1] + "..."
			},
		}, memberChanged),
		ofOp(change.DeleteMember, command{
			usage: "delete_member [--vhost <vhost>] <queue> <node>", younger: true,
			banner: func(c *call) string {
				return "Removing a replica of queue " + c.args[0] + " on node " + c.args[1] + "..."
			},
		}, memberChanged),
		ofEach(change.GrowMembers, command{of: queuesTool,
			usage: "grow <node> <all | even>" + patterns, valid: (*call).growth, ready: inCluster(0), younger: true,
			banner: func(c *call) string {
				return "Growing " + c.args[1] + " " + c.replicatedQueues() + " on " + c.args[0] + "..."
			},
		}),
		ofEach(change.GrowToCount, command{
			usage: "grow_to_count <node_count> <all | even>" + patterns,
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
			ready: func(_ context.Context, c *call) error {
				switch {
				case c.since(3, 13):
					return nil
				case broker.ChangesMembers(c.overview.At("rabbitmq_version").Text()):
					return c.noMembership()
				}
				return no(fail.Unavailable, "RabbitMQ %s has no grow_to_count\n  next: rabbitctl grow_to_count works there, too",
					c.overview.At("rabbitmq_version").Text())
			},
			banner: func(c *call) string { return "Growing " + c.args[1] + " quorum queues on " + c.args[0] + " nodes..." },
		}),
		shrink(),
	}
}

// shrink returns the command shrink. It refuses a node that does not run, as the official tool does since 4.3.
func shrink() command {
	d := ofEach(change.ShrinkMembers, command{of: queuesTool,
		usage: "shrink <node> [--errors-only]", younger: true,
		banner: func(c *call) string { return "Shrinking " + c.replicatedQueues() + " on " + c.args[0] + "..." },
	})
	run := d.run
	d.run = func(ctx context.Context, c *call) (answer, error) {
		if c.since(4, 3) {
			running, err := c.running(ctx)
			if err == nil && !slices.Contains(running, c.args[0]) {
				err = no(fail.Unavailable, "{:node_not_running, :%s}", c.args[0])
			}
			if err != nil {
				return answer{}, err
			}
		}
		return run(ctx, c)
	}
	return d
}

// replicatedQueues returns the tool's word for the queues that it changes. Since 4.3 the word is more general and
// includes other types of queue.
func (c *call) replicatedQueues() string {
	if c.since(4, 3) {
		return "queues"
	}
	return "quorum queues"
}

// inCluster returns a function that refuses the argument at that position if it is not a running node of the cluster,
// as the tools do since 3.13. It also refuses --membership for releases before 3.13: their API ignores it.
func inCluster(at int) func(context.Context, *call) error {
	return func(ctx context.Context, c *call) error {
		if !c.since(3, 13) {
			return c.noMembership()
		}
		running, err := c.running(ctx)
		if err == nil && !slices.Contains(running, c.args[at]) {
			return &fault{fail.Usage, fmt.Sprintf("Error: node %s is not a member of the cluster", c.args[at])}
		}
		return err
	}
}

// noMembership refuses --membership on a release before 3.13.
func (c *call) noMembership() error {
	if _, given := c.line.given("membership"); given {
		return c.invalid("Invalid options for this command:\n--membership : ") // the tools of these releases lack this option
	}
	return nil
}

// noMembers returns the fault that says that this release, or the broker's settings, do not allow changes of members
// over the HTTP API.
func (c *call) noMembers() *fault {
	return no(fail.Unavailable,
		"the HTTP API of RabbitMQ %s does not change members on this broker\n  next: run %s on the broker's own machine",
		c.overview.At("rabbitmq_version").Text(), c.tool)
}

// memberChanged gives the result of a change of members. It has the tool's words for a missing object, and for a queue
// that cannot have members.
func memberChanged(ctx context.Context, c *call, o change.Outcome, err error) (answer, error) {
	if c.erlang != nil {
		// The tool says "add" even if a member is deleted.
		return saying("", map[string]string{"classic_queue_not_supported": "Cannot add members to a classic queue"})(ctx, c,
			o, err)
	}
	var other *change.OtherType
	switch m := change.MissingOf(err); {
	case m != nil && !c.since(3, 13):
		err = no(fail.Unavailable, "not_found")
	case m != nil:
		err = c.missingQueue()
	case errors.As(err, &other):
		err = no(fail.Unavailable, "queue '%s' has no members that could be changed: its type is %s", other.Name, other.Type)
	case errors.Is(err, change.ErrLastMember):
		err = no(fail.Unavailable, "last_node: %s", change.ErrLastMember)
	case broker.IsNotOffered(err), broker.IsNotFound(err):
		err = c.noMembers()
	}
	return answer{}, err
}
