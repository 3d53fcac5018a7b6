package personality

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/release"
	"github.com/rabbitctl/rabbitctl/pkg/render"
)

// distantMembers returns the commands about the members of a cluster.
func distantMembers() []command {
	kind := ofOp(change.ChangeClusterNodeType, command{usage: "change_cluster_node_type <disc|ram>", ready: needsNoApp,
		valid: func(c *call) *fault {
			if c.args[0] != "disc" && c.args[0] != "ram" {
				return c.bad("The node type must be either disc or ram.")
			}
			return nil
		},
		banner: func(c *call) string { return "Turning " + c.node + " into a " + c.args[0] + " node" }},
		func(ctx context.Context, c *call, o change.Outcome, err error) (answer, error) {
			if err == nil && o.Word == "unchanged" {
				return answer{text: "Node type is already " + c.args[0]}, nil
			}
			return asNode(ctx, c, o, err)
		})
	return []command{
		ofOp(change.JoinCluster, command{usage: "join_cluster [--disc|--ram] <existing_cluster_member>", ready: readyToJoin,
			valid: func(c *call) *fault {
				if c.line.on("disc") && c.line.on("ram") {
					return c.bad("The node type must be either disc or ram.")
				}
				return nil
			},
			banner: func(c *call) string { return "Clustering node " + c.node + " with " + c.args[0] }}, asJoined),
		ofOp(change.ForgetClusterNode, command{usage: "forget_cluster_node [--offline] <existing_cluster_member_node>",
			valid: func(c *call) *fault {
				if c.line.on("offline") {
					return no(fail.Unavailable, "--offline opens the database of a stopped node, and only Erlang can do that\n"+
						"  next: on releases before 4.3, run RabbitMQ's own rabbitmqctl on that node's machine; or start another node "+
						"(with force_boot if it waits for a dead node) and run forget_cluster_node there without --offline")
				}
				return nil
			},
			banner: func(c *call) string { return "Removing node " + c.args[0] + " from the cluster" }}, asForgotten),
		kind,
		ofOp(change.ForceStandaloneKhepriBoot, command{usage: "force_standalone_khepri_boot"},
			func(ctx context.Context, c *call, o change.Outcome, err error) (answer, error) {
				if erldist.IsMissing(err) {
					return answer{}, no(fail.Usage, "This command is not supported by node %s", c.node)
				}
				return asNode(ctx, c, o, err)
			}),
	}
}

// nodeSince asks the node for its release, and reports whether it is major.minor or later.
func (c *call) nodeSince(ctx context.Context, major, minor int) (bool, error) {
	t, err := c.erlang.Ask(ctx, erldist.Call{Module: "rabbit_misc", Function: "version"})
	version, _ := erldist.Characters(t, false)
	return release.AtLeast(version, major, minor), err
}

// readyToJoin refuses a node of 3.x on which RabbitMQ runs, as the tools of 3.x do. Later tools do not check that.
// From 4.3 on, it refuses --ram.
func readyToJoin(ctx context.Context, c *call) error {
	later, err := c.nodeSince(ctx, 4, 0)
	if err != nil {
		return err
	}
	if !later {
		return needsNoApp(ctx, c)
	}
	typeless, err := c.nodeSince(ctx, 4, 3)
	if err == nil && typeless && c.line.on("ram") {
		return c.invalid("Invalid options for this command:\n--ram : ")
	}
	return err
}

// asJoined gives the result of join_cluster. On stderr it says that the node was reset; the tools of 4.x do not say so.
func asJoined(ctx context.Context, c *call, o change.Outcome, err error) (answer, error) {
	var itself *change.WithItself
	switch {
	case errors.As(err, &itself):
		return answer{}, no(fail.Internal, "Error: cannot cluster node with itself: %s", c.node)
	case err == nil && o.Word == "unchanged":
		return answer{text: "The node is already a member of this cluster"}, nil
	case err == nil:
		c.remark("join_cluster has deleted all data of node %s: it resets a node, on 4.x also while RabbitMQ runs", c.node)
	}
	return asNode(ctx, c, o, err)
}

// remark prints a note of this program on stderr. With --quiet or --silent it prints nothing.
func (c *call) remark(format string, args ...any) {
	if c.line.on("quiet") || c.line.on("silent") {
		return
	}
	fmt.Fprintln(c.app.IO.Err, "note: "+render.Escape(fmt.Sprintf(format, args...)))
}

// asForgotten gives the result of forget_cluster_node. The tools of 3.10 do not report members of queues that stay on
// the removed node.
func asForgotten(ctx context.Context, c *call, o change.Outcome, err error) (answer, error) {
	var runs *change.StillRuns
	var left *change.Unshrunk
	switch {
	case errors.As(err, &runs):
		return answer{}, no(fail.Unavailable,
			"RabbitMQ on node %s must be stopped with 'rabbitmqctl -n %s stop_app' before it can be removed", runs.Node, runs.Node)
	case errors.As(err, &left):
		c.remark("node %s is removed from the cluster, so removing it again does not help", left.Node)
		later, unknown := c.nodeSince(ctx, 4, 0)
		if unknown == nil && !later {
			return answer{}, nil
		}
		return answer{}, no(fail.Unavailable, "RabbitMQ failed to shrink some entities on node %s : %s", left.Node,
			strings.Join(left.Of, ", "))
	}
	return asNode(ctx, c, o, err)
}

// processRuns asks the node whether an OS process with this pid runs on its machine.
func (c *call) processRuns(ctx context.Context, pid string) (bool, error) {
	runs, err := c.erlang.Ask(ctx, erldist.Call{Module: "rabbit_misc", Function: "is_os_process_alive",
		Args: []erlang.Term{erlang.String(pid)}})
	return runs == erlang.Atom("true"), err
}

func besideProcess(node, pid string) string {
	return fmt.Sprintf("Waiting for erlang distribution on node '%s' while OS process '%s' is running\n", node, pid)
}

// waiting returns the command wait. It waits until the node that -n names has booted. The official tool reads the
// process ID of the node from a pid file. That file is on the node's own machine, so this program asks the node for its
// process ID and does not read the file. If --pid gives another process ID, the node is asked whether that process
// runs.
func waiting() command {
	d := command{name: "wait", usage: "wait [<pidfile>] [--pid|-P <pid>] [--timeout <timeout>]", max: 1, seconds: 10,
		distant: true, patient: true, switches: switches{"pid": integer}, letters: map[string]string{"P": "pid"},
		valid: func(c *call) *fault {
			_, process := c.line.given("pid")
			switch {
			case !process && len(c.args) == 0:
				return c.invalid(`"No pid or pidfile specified"`)
			case process && len(c.args) > 0:
				return c.invalid(`"Cannot specify both pid and pidfile"`)
			}
			return nil
		}}
	d.run = func(ctx context.Context, c *call) (answer, error) {
		said, err := c.erlang.Ask(ctx, erldist.Call{Module: "os", Function: "getpid"})
		if err != nil {
			return answer{}, err
		}
		pid, _ := erldist.Characters(said, false)
		if typed, given := c.line.given("pid"); given && typed != pid {
			// The tools accept any running process, even one that is not the node's.
			c.remark("the process of node %s is %s", c.node, pid)
			switch runs, err := c.processRuns(ctx, typed); {
			case err != nil:
				return answer{}, err
			case !runs:
				if err := c.print(besideProcess(c.node, typed)); err != nil {
					return answer{}, err
				}
				return answer{}, no(fail.Unavailable, "process_not_running")
			}
			pid = typed
		}
		text := besideProcess(c.node, pid) + fmt.Sprintf(
			"Waiting for applications 'rabbit_and_plugins' to start on node '%s'\n", c.node)
		if len(c.args) > 0 {
			c.remark("file %s is not read, since it is on the node's own machine: node %s itself reports its process ID",
				c.args[0], c.node)
			text = fmt.Sprintf("Waiting for pid file '%s' to appear\npid is %s\n", c.args[0], pid) + text
		}
		if err := c.print(text); err != nil {
			return answer{}, err
		}
		a, err := awaitBoot(ctx, c)
		if err != nil {
			return a, err
		}
		return answer{text: "Applications 'rabbit_and_plugins' are running on node '" + c.node + "'"}, nil
	}
	return d
}
