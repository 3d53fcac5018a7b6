package personality

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// clusterReports returns the commands that report on the cluster, or wait until enough of its nodes are online.
func clusterReports() []command {
	return []command{
		{name: "cluster_status", seconds: 60, banner: say("Cluster status of node %s ..."), run: reportCluster},
		{
			name: "await_online_nodes", usage: "await_online_nodes <count> [--timeout <timeout>]", min: 1, max: 1, seconds: 300,
			valid: positive, run: awaitNodes,
			banner: func(c *call) string {
				return fmt.Sprintf("Will wait for at least %s nodes to join the cluster of %s. Timeout: %s seconds.", c.args[0],
					c.node,
					strconv.FormatFloat(c.limit(300).Seconds(), 'f', 0, 64))
			},
		},
		{
			name: "await_online_quorum_plus_one", usage: "await_online_quorum_plus_one", seconds: 120, run: awaitQuorum,
			banner: func(c *call) string {
				what := "quorum queues and streams"
				if !c.since(3, 11) {
					what = "quorum queues"
				}
				return "Will wait for a quorum + 1 of nodes to be online for all " + what + " for " +
					strconv.FormatFloat(c.limit(120).Seconds(), 'f', 0, 64) + " seconds..."
			},
		},
	}
}

// every calls the function ask each half second, until ask returns true or an error, or until the time is up.
func (r *run) every(ctx context.Context, ask func() (bool, error)) error {
	for {
		ok, err := ask()
		if ok || err != nil {
			return err
		}
		if err := r.app.Sleep(ctx, 500*time.Millisecond); err != nil {
			return err
		}
	}
}

func awaitNodes(ctx context.Context, c *call) (answer, error) {
	wanted, _ := strconv.Atoi(c.args[0])
	err := c.every(ctx, func() (bool, error) {
		running, err := c.running(ctx)
		return len(running) >= wanted, err
	})
	if ctx.Err() == context.DeadlineExceeded {
		return answer{}, no(fail.Internal, "timed out while waiting for %d nodes", wanted)
	}
	return answer{}, err
}

func awaitQuorum(ctx context.Context, c *call) (answer, error) {
	alone := false
	err := c.every(ctx, func() (bool, error) {
		judged, err := c.client.HealthCheck(ctx, "node-is-quorum-critical")
		alone = judged.Body.At("reason").Text() == "single node cluster"
		return judged.OK, err
	})
	switch {
	case ctx.Err() == context.DeadlineExceeded && c.since(3, 11):
		return answer{}, c.timeIsUp("no quorum + 1 online replicas came online for at least some quorum queues or streams")
	case ctx.Err() == context.DeadlineExceeded:
		return answer{}, c.timeIsUp("no quorum + 1 online replicas came online for at least some quorum queues")
	case err != nil:
		return answer{}, err
	case alone:
		return answer{text: "Target node seems to be the only one in a single node cluster, the command does not apply",
			hush: whenQuiet}, nil
	}
	return answer{}, nil
}

// timeIsUp returns the error of a command whose time limit ended before the awaited state was reached. The parameter
// what says which state is meant. In JSON the tools print this failure on stdout.
func (c *call) timeIsUp(what string) error {
	text := "time is up, " + what
	if !c.machine() {
		return no(fail.Unavailable, "%s", text)
	}
	said := erlang.JSON(object("message", erlang.Binary(text), "node", erlang.Atom(c.node), "result",
		erlang.Atom("error")))
	if err := c.print(said + "\n"); err != nil {
		return err
	}
	return fail.Verdict(fail.Unavailable)
}

// clusterChanges returns the commands that change settings or the state of the cluster or of a node.
func clusterChanges() []command {
	return []command{
		ofOp(change.SetClusterName, command{
			usage:  "set_cluster_name <name>",
			banner: func(c *call) string { return "Setting cluster name to " + c.args[0] + " ..." },
		}, nil),
		ofOp(change.EnableFeatureFlag, command{
			usage:   "enable_feature_flag [--opt-in] <all | feature_flag>",
			letters: map[string]string{"e": "experimental", "o": "opt-in"},
			valid: func(c *call) *fault {
				if c.args[0] == "" {
					return c.bad("feature flag (or group) name cannot be an empty string")
				}
				return nil
			},
			banner: func(c *call) string {
				if c.args[0] == "all" {
					return "Enabling all feature flags ..."
				}
				return "Enabling feature flag \"" + c.args[0] + "\" ..."
			},
		}, flagEnabled),
		ofOp(change.ResetStatsDB, command{
			usage: "reset_stats_db [--all]",
			banner: func(c *call) string {
				if c.line.on("all") {
					return "Resetting statistics database in all nodes"
				}
				return "Resetting statistics database on node " + c.node
			},
		}, nil),
		ofOp(change.ResetAuthAttempts, command{
			usage:  "reset_node_auth_attempt_metrics",
			banner: say("Reset auth attempt metrics on node %s ..."),
		}, nil),
		ofOp(change.DeleteShovel, command{
			usage:  "delete_shovel [--vhost <vhost>] [--force] <name>",
			banner: func(c *call) string { return "Deleting shovel " + c.args[0] + " in vhost " + c.vhost() },
		}, shovelDone),
		ofOp(change.RestartShovel, command{
			usage: "restart_shovel <name>",
			banner: func(c *call) string {
				return "Restarting dynamic Shovel " + c.args[0] + " in virtual host " + c.vhost() + " on node " + c.node
			},
		}, shovelDone),
	}
}

func shovelDone(_ context.Context, c *call, _ change.Outcome, err error) (answer, error) {
	if change.MissingOf(err) != nil {
		err = no(fail.Unavailable,
			"Shovel with the given name was not found on the target node '%s' and / or virtual host '%s'", c.node, c.vhost())
	}
	return answer{}, err
}

func flagEnabled(_ context.Context, c *call, _ change.Outcome, err error) (answer, error) {
	var optIn *change.OptIn
	var unreadable *change.Unreadable
	switch {
	case errors.As(err, &optIn) && optIn.Name == "":
		err = no(fail.Usage,
			"`--opt-in` (aliased as `--experimental`) flag is not allowed when enabling all feature flags")
	case errors.As(err, &optIn):
		err = no(fail.Usage,
			"Feature flag %s requires the user to explicitly opt-in. Use --opt-in with a specific feature flag name", optIn.Name)
	case errors.As(err, &unreadable):
		err = no(fail.Data, "%s lists a feature flag without a name, or without a state: nothing was enabled\n"+
			"  next: is a proxy in between? %s list_feature_flags name state shows the flags", c.client.BaseURL(), c.tool)
	case change.MissingOf(err) != nil:
		err = no(fail.Usage, "This feature flag is not supported by node %s", c.node)
	}
	return answer{}, err
}

// formerCommands returns commands that the official tools still accept although, on current releases, these commands do
// nothing or always fail.
func formerCommands() []command {
	return []command{
		{
			name: "rotate_logs", usage: "rotate_logs",
			run: func(context.Context, *call) (answer, error) {
				return answer{}, no(fail.Unavailable, "This command does not rotate logs anymore [deprecated]")
			},
		},
		{
			name: "hipe_compile", usage: "hipe_compile <directory>", min: 1, max: 1,
			valid: func(c *call) *fault {
				if strings.TrimSpace(c.args[0]) == "" {
					return c.bad("Target directory path cannot be blank")
				}
				return nil
			},
			run: func(context.Context, *call) (answer, error) {
				return answer{text: "This command is a no-op. HiPE is no longer supported by modern Erlang versions"}, nil
			},
		},
		{
			name: "update_cluster_nodes", usage: "update_cluster_nodes <seed_node>", min: 1, max: 1,
			run: func(_ context.Context, c *call) (answer, error) {
				return answer{},
					c.misused("Error: this command requires the 'rabbit' app to be stopped on the target node. Stop it with 'rabbitmqctl stop_app'.")
			},
		},
		{
			name: "rename_cluster_node", usage: "rename_cluster_node <oldnode1> <newnode1> [oldnode2] [newnode2] ...", min: 2,
			max: -1, run: renameNode,
			banner: func(c *call) string {
				if !c.since(4, 0) {
					return ""
				}
				return "DEPRECATED. This command is a no-op. Node renaming is incompatible with Raft-based features such as quorum queues, streams, Khepri. "
			},
		},
		{
			name: "node_health_check", run: nodeHealth, seconds: patienceOfHealth,
			banner: func(c *call) string {
				if !c.since(4, 0) {
					return "This command is DEPRECATED and will be removed in a future version.\n" +
						"It performs intrusive, opinionated health checks and requires a fully booted node.\n" +
						"Use one of the options covered in https://www.rabbitmq.com/monitoring.html#health-checks instead.\n" +
						"Timeout: " + strconv.FormatFloat(c.limit(patienceOfHealth).Seconds(), 'f', 0, 64) + " seconds ...\n" +
						"Checking health of node " + c.node + " ..."
				}
				return "This command is DEPRECATED and is a no-op. It will be removed in a future version. \n" +
					"Use one of the options covered in https://www.rabbitmq.com/monitoring.html#health-checks instead."
			},
		},
		{
			name: "check_if_node_is_mirror_sync_critical", run: checkMirrorSync,
			banner: func(c *call) string {
				if !c.since(4, 0) {
					return "Checking if node " + c.node + " is critical for data safety of any classic mirrored queues ..."
				}
				return "This command is DEPRECATED and is a no-op. It will be removed in a future version."
			},
		},
	}
}

func renameNode(_ context.Context, c *call) (answer, error) {
	if c.since(4, 0) {
		return answer{}, nil
	}
	return answer{}, c.misused("Error: this command requires the target node to be stopped.")
}

// nodeHealth runs node_health_check. Since 4.0 it does nothing, and its banner says so. Before 4.0 the node itself is
// asked, because the API has no such check.
func nodeHealth(ctx context.Context, c *call) (answer, error) {
	if c.since(4, 0) {
		return answer{}, nil
	}
	return c.healthByNode(ctx)
}

func checkMirrorSync(ctx context.Context, c *call) (answer, error) {
	if c.since(4, 0) {
		return answer{text: "ok"}, nil
	}
	judged, err := c.client.HealthCheck(ctx, "node-is-mirror-sync-critical")
	switch {
	case err != nil:
		return answer{}, err
	case !judged.OK:
		return answer{}, failed("Node %s is critical for the data safety of mirrored queues: %s", c.node,
			judged.Body.At("queues").Text())
	case judged.Body.At("reason").Text() == "single node cluster":
		const alone = " seems to be the only one in a single node cluster, the check does not apply"
		return answer{text: "Node " + c.node + alone, data: object("result", erlang.Atom("ok"), "message",
			erlang.Binary("Target node"+alone))}, nil
	}
	return well(whenSilent, "Node %s reported no classic mirrored queues without online synchronised mirrors", c.node), nil
}
