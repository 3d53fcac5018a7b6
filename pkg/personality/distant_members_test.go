package personality_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
)

// spoken is a command line of an official tool, and what the tool prints.
type spoken struct {
	node           *nodetest.Node
	line, out, err string
	kind           fail.Kind
}

func (c spoken) check(t *testing.T) {
	t.Helper()
	out, errs, err := distantly(t, c.node, strings.Fields(c.line)...)
	if out != c.out || c.err == "" && errs != "" || !strings.Contains(errs, c.err) || fail.KindOf(err) != c.kind {
		t.Errorf("%s: %q %q %v, which is %s", c.line, out, errs, err, fail.KindOf(err))
	}
}

// TestDistantMembers compares output with that of the tools of 3.10.8 and 4.3.6, recorded on real clusters.
func TestDistantMembers(t *testing.T) {
	t.Parallel()
	says := func(more map[string]string) *nodetest.Node {
		all := map[string]string{"rabbit:is_running/0": "true", "rabbit_misc:version/0": `"4.3.6"`, "os:getpid/0": `"1234"`,
			"rabbit_quorum_queue:shrink_all/1": "[]", "rabbit_stream_queue:delete_all_replicas/1": "[]",
			"rabbit_stream_coordinator:forget_node/1": "ok", "rpc:call/5": "{badrpc,nodedown}", "rabbit:await_startup/3": "ok"}
		for name, text := range more {
			all[name] = text
		}
		return (&nodetest.Node{Calls: nodetest.Says(all)}).Start(t)
	}
	modern := says(map[string]string{"rabbit_db_cluster:join/2": "ok", "rabbit_db_cluster:forget_member/2": "ok",
		"rabbit_vhosts:reconcile_once/0": "{ok,pid}", "rabbit_khepri:force_shrink_member_to_current_member/0": "ok"})
	refusing := says(map[string]string{"rabbit_db_cluster:join/2": "{error,cannot_cluster_node_with_itself}",
		"rabbit_db_cluster:forget_member/2": `{error,{not_a_cluster_node,"The node selected is not in the cluster."}}`})
	old := says(map[string]string{"rabbit:is_running/0": "false", "rabbit_misc:version/0": `"3.10.8"`,
		"rabbit_mnesia:join_cluster/2": "{ok,already_member}", "rabbit_mnesia:node_type/0": "disc",
		"rabbit_mnesia:change_cluster_node_type/1": "ok",
		"rabbit_mnesia:forget_cluster_node/2":      `{error,{failed_to_remove_node,b@h,{active,"Mnesia is running",b@h}}}`})
	const last = `[{{resource,<<"/">>,queue,<<"q">>},{error,1,last_node}}]`
	left := map[string]string{"rabbit_misc:version/0": `"4.0.5"`, "rabbit_db_cluster:forget_member/2": "ok",
		"rabbit_quorum_queue:shrink_all/1": last}
	oldLeft := map[string]string{"rabbit_misc:version/0": `"3.10.8"`, "rabbit_mnesia:forget_cluster_node/2": "ok",
		"rabbit_quorum_queue:shrink_all/1": last}
	const clustering, removing = "Clustering node rabbit@localhost with b@h\n", "Removing node b@h from the cluster\n"
	const applications = "Waiting for erlang distribution on node 'rabbit@localhost' while OS process '1234' is running\n" +
		"Waiting for applications 'rabbit_and_plugins' to start on node 'rabbit@localhost'\n" +
		"Applications 'rabbit_and_plugins' are running on node 'rabbit@localhost'\n"
	for _, c := range []spoken{
		{modern, "join_cluster b@h", clustering, "note: join_cluster has deleted all data of node rabbit@localhost", ""},
		{modern, "join_cluster b@h -q", "", "", ""},
		{modern, "join_cluster b@h --ram", "", "Invalid options for this command:\n--ram : ", fail.Usage},
		{modern, "join_cluster b@h --ram --disc", "", "The node type must be either disc or ram.", fail.Data},
		{modern, "join_cluster", "", "not enough arguments.", fail.Usage},
		{refusing, "join_cluster rabbit@localhost", "Clustering node rabbit@localhost with rabbit@localhost\n",
			"Error:\nError: cannot cluster node with itself: rabbit@localhost\n", fail.Internal},
		{old, "join_cluster b@h", clustering + "The node is already a member of this cluster\n", "", ""},
		{modern, "forget_cluster_node b@h", removing, "", ""},
		{refusing, "forget_cluster_node b@h", removing,
			"Error:\n{:not_a_cluster_node, ~c\"The node selected is not in the cluster.\"}\n", fail.Unavailable},
		{old, "forget_cluster_node b@h", removing, "Error:\nRabbitMQ on node b@h must be stopped with " +
			"'rabbitmqctl -n b@h stop_app' before it can be removed\n", fail.Unavailable},
		{says(left), "forget_cluster_node b@h", removing,
			"RabbitMQ failed to shrink some entities on node b@h : Quorum queues\n", fail.Unavailable},
		{says(left), "forget_cluster_node b@h", removing, "note: node b@h is removed from the cluster, so", fail.Unavailable},
		{says(oldLeft), "forget_cluster_node b@h", removing, "note: node b@h is removed from the cluster, so", ""},
		{modern, "forget_cluster_node b@h --offline", "", "--offline opens the database of a stopped node",
			fail.Unavailable},
		{old, "change_cluster_node_type disc", "Turning rabbit@localhost into a disc node\nNode type is already disc\n",
			"", ""},
		{old, "change_cluster_node_type ram", "Turning rabbit@localhost into a ram node\n", "", ""},
		{old, "change_cluster_node_type wood", "", "The node type must be either disc or ram.", fail.Data},
		{modern, "change_cluster_node_type ram", "", "requires the 'rabbit' app to be stopped", fail.Usage},
		{modern, "force_standalone_khepri_boot", "", "", ""},
		{old, "force_standalone_khepri_boot", "", "not supported by node rabbit@localhost", fail.Usage},
		{modern, "wait", "", "No pid or pidfile specified", fail.Usage},
		{modern, "wait /a --pid 1", "", "Cannot specify both pid and pidfile", fail.Usage},
		{modern, "wait --pid 1234", applications, "", ""},
		{modern, "wait /run/pid", "Waiting for pid file '/run/pid' to appear\npid is 1234\n" + applications,
			"note: file /run/pid is not read, since it is on the node's own machine", ""},
	} {
		c.check(t)
	}
}

// TestWait_notThere: if the node does not run, wait goes on until its own time-out ends.
func TestWait_notThere(t *testing.T) {
	t.Parallel()
	n := (&nodetest.Node{Calls: map[string]func(*nodetest.Call) erlang.Term{}}).Start(t)
	n.Close()
	if out, errs, err := distantly(t, n, "wait", "--pid", "1", "-t", "1"); out != "" || fail.KindOf(err) != fail.Timeout {
		t.Errorf("%q %q %v", out, errs, err)
	}
}

// TestDistantPlugins compares output with that of the tools of 4.3.6, recorded on a real node.
func TestDistantPlugins(t *testing.T) {
	t.Parallel()
	p := &nodetest.Plugins{Enabled: []string{"rabbitmq_management"}, Running: []string{"agent", "library",
		"rabbitmq_management"}}
	n := (&nodetest.Node{Calls: p.Calls()}).Start(t)
	const heads = " Configured: E = explicitly enabled; e = implicitly enabled\n | Status: * = running on rabbit@localhost\n |/\n"
	const applying = "Applying plugin configuration to rabbit@localhost...\n"
	for _, c := range []spoken{
		{n, "list", "Listing plugins with pattern \".*\" ...\n" + heads + "[e*] agent                      4.3.6\n" +
			"[E*] rabbitmq_management        4.3.6\n[  ] rabbitmq_shovel            4.3.6\n" +
			"[  ] rabbitmq_shovel_management 4.3.6\n", "", ""},
		{n, "list -E -v -q", "[E*] rabbitmq_management\n     Version:     \t4.3.6\n     Dependencies:\t[agent,library]\n" +
			"     Description: \tIt is rabbitmq_management\n", "", ""},
		{n, "list -e -m -s agent", "agent\n", "", ""},
		{n, "list agent --formatter json",
			`{"format":"normal","plugins":[{"enabled":"implicit","name":"agent","running":true,` +
				`"running_version":"4.3.6","version":"4.3.6"}],"status":"running"}` + "\n", "", ""},
		{n, "directories",
			"Listing plugin directories used by node rabbit@localhost\nPlugin archives directory: /lib/plugins\n" +
				"Plugin expansion directory: /data/plugins\nEnabled plugins file: /etc/enabled_plugins\n", "", ""},
		{n, "enable", "", "not enough arguments.", fail.Usage},
		{n, "enable --all x", "", "Cannot set both --all and a list of plugins", fail.Data},
		{n, "enable agent",
			"Enabling plugins on node rabbit@localhost:\nagent\nThe following plugins have been configured:\n" +
				"  agent\n  rabbitmq_management\n" + applying + "Plugin configuration unchanged.\n", "", ""},
		{n, "enable -q rabbitmq_shovel", "The following plugins have been configured:\n  agent\n  rabbitmq_management\n" +
			"  rabbitmq_shovel\n" + applying + "The following plugins have been enabled:\n  rabbitmq_shovel\n\nstarted 1 plugins.\n", "", ""},
		{n, "disable -q rabbitmq_shovel --formatter json", "[\n[\"agent\",\"rabbitmq_management\"]\n" +
			`,{"disabled":["rabbitmq_shovel"],"mode":"online","set":["agent","rabbitmq_management"],"started":[],` +
			`"stopped":["rabbitmq_shovel"]}` + "\n]\n", "", ""},
		{n, "enable nonesuch", "Enabling plugins on node rabbit@localhost:\nnonesuch\n" +
			"WARNING - plugins currently enabled but missing: nonesuch\n\nThe following plugins have been configured:\n  agent\n  rabbitmq_management\n" + applying +
			"Plugin configuration unchanged.\n", "", ""},
		{n, "disable -q nonesuch", "The following plugins have been configured:\n  agent\n  rabbitmq_management\n" + applying +
			"Plugin configuration unchanged.\n", "", ""},
		{n, "set -q rabbitmq_management",
			"The following plugins have been configured:\n  agent\n  rabbitmq_management\n" + applying +
				"nothing to do.\n", "", ""},
		{n, "set", "Enabling plugins on node rabbit@localhost:\nAll plugins have been disabled.\n" + applying +
			"stopped 2 plugins.\n", "", ""},
	} {
		c.check(t)
	}
	p.Broken = "rabbitmq_shovel"
	spoken{n, "enable rabbitmq_shovel", "Enabling plugins on node rabbit@localhost:\nrabbitmq_shovel\n" +
		"The following plugins have been configured:\n  rabbitmq_shovel\n" + applying,
		"note: the file of enabled plugins still names the plugin", fail.Internal}.check(t)
	p.Broken, p.Stopped = "", true
	spoken{n, "enable -q rabbitmq_management",
		"The following plugins have been configured:\n  agent\n  rabbitmq_management\n" +
			"  rabbitmq_shovel\n" + applying + "The following plugins have been enabled:\n  agent\n  rabbitmq_management\n\n" +
			"set 3 plugins.\nOffline change; changes will take effect at broker restart.\n", "", ""}.check(t)
}
