package node_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
)

func term(text string) func(*nodetest.Call) erlang.Term {
	return nodetest.Says(map[string]string{"x": text})["x"]
}

// ofOthers sets what other nodes answer when this node calls them. A key of others has the node and the function, for
// example "a@localhost rabbit_nodes:list_members". A call without an entry fails with nodedown.
func ofOthers(calls map[string]func(*nodetest.Call) erlang.Term, others map[string]string) {
	calls["rpc:call/5"] = func(c *nodetest.Call) erlang.Term {
		name := erlang.Cell(c.Args[0]) + " " + erlang.Cell(c.Args[1]) + ":" + erlang.Cell(c.Args[2])
		if text, ok := others[name]; ok {
			return term(text)(c)
		}
		return term("{badrpc,nodedown}")(c)
	}
}

func TestJoinCluster(t *testing.T) {
	t.Parallel()
	calls := nodetest.Says(map[string]string{"rabbit:is_running/0": "false", "rabbit_misc:version/0": `"4.3.6"`,
		"rabbit_nodes:list_members/0": "[]"})
	others := map[string]string{"a@localhost rabbit_nodes:list_members": "[a@localhost]",
		"idle@localhost rabbit_nodes:list_members": "[]"}
	ofOthers(calls, others)
	calls["rabbit_db_cluster:join/2"] = func(c *nodetest.Call) erlang.Term {
		if got := erlang.Text(erlang.List(c.Args)); got != "[a@localhost,disc]" {
			t.Errorf("arguments %s", got)
		}
		others["a@localhost rabbit_nodes:list_members"] = "[a@localhost,rabbit@localhost]"
		return erlang.Atom("ok")
	}
	n := (&nodetest.Node{Calls: calls}).Start(t)
	heard(t, n,
		said{"join_cluster rabbit@localhost --yes", "", "node rabbit@localhost cannot join itself", fail.Usage},
		said{"join_cluster b@localhost --yes", "", "node rabbit@localhost does not reach node b@localhost", fail.Unavailable},
		said{"join_cluster idle@localhost --yes", "", "does not say which cluster it is in", fail.Unavailable},
		said{"join_cluster a@localhost --yes", "", "its name has to be typed", fail.Usage},
		said{"join_cluster a@localhost --reset a@localhost --yes", "",
			"the node that would join is rabbit@localhost", fail.Usage},
		said{"join_cluster a@localhost --reset rabbit@localhost", "", "there is no terminal to ask at", fail.Usage},
		said{"join_cluster a@localhost --dry-run", "joins_cluster_of\na@localhost\n",
			"all that node rabbit@localhost has is deleted", ""})
	if slices.Contains(n.Asked(), "rabbit_db_cluster:join/2") {
		t.Fatalf("asked %q", n.Asked())
	}
	heard(t, n, said{"join_cluster a@localhost --reset rabbit@localhost --yes",
		"joined\nnode\na@localhost\nrabbit@localhost\n",
		"rabbitctl start_app --node rabbit@localhost", ""},
		said{"join_cluster a@localhost --dry-run", "", "counts node rabbit@localhost as a member already", ""})
	calls["rabbit_nodes:list_members/0"] = term("[a@localhost,rabbit@localhost]")
	heard(t, n, said{"join_cluster a@localhost --yes", "unchanged\n", "", ""})
}

// TestJoinCluster_running: a node of 4.x can join a cluster while RabbitMQ runs on it. It then stops RabbitMQ and
// resets itself without asking. So --dry-run shows what the node has.
func TestJoinCluster_running(t *testing.T) {
	t.Parallel()
	says := clustered()
	says["rabbit:status/0"] = "[{totals,[{virtual_host_count,2},{connection_count,3},{queue_count,7}]}]"
	says["rabbit_misc:version/0"], says["rabbit_nodes:list_members/0"] = `"4.0.5"`, "[rabbit@localhost,old@localhost]"
	says["rabbit_auth_backend_internal:list_users/0"], says["rabbit_db_cluster:join/2"] = "[[],[]]", "ok"
	calls := nodetest.Says(says)
	ofOthers(calls, map[string]string{"a@localhost rabbit_nodes:list_members": "[a@localhost]"})
	n := (&nodetest.Node{Calls: calls}).Start(t)
	heard(t, n, said{"join_cluster a@localhost --dry-run", "queues\t7\n", "the join stops it, and starts it again", ""},
		said{"join_cluster a@localhost --dry-run", "without_majority\nqueue 'q' in vhost '/'\n",
			"1 quorum queue or stream has no majority", ""},
		said{"join_cluster a@localhost --dry-run", "leaves_cluster_of\nold@localhost\n\njoins_cluster_of\na@localhost\n", "", ""},
		said{"join_cluster a@localhost --reset rabbit@localhost --yes", "", "does not list it", fail.Unavailable})
	for reason, next := range map[string]string{`{inconsistent_cluster,"a says b"}`: "forget_cluster_node",
		"{aborted_feature_flags_compat_check,{error,x}}": "list_feature_flags", "other": "the node refuses, for this reason: other"} {
		calls["rabbit_db_cluster:join/2"] = term("{error," + reason + "}")
		r := at(t, n, nil, strings.Fields("join_cluster a@localhost --reset rabbit@localhost --yes")...)
		if fail.KindOf(r.Error) != fail.Unavailable || !strings.Contains(r.Error.Error()+erlang.Text(erlang.Atom(r.Err)),
			next) &&
			!strings.Contains(fail.HintOf(r.Error)[:1][0].Text, next) {
			t.Errorf("%s: %v", reason, r.Error)
		}
	}
}

// TestJoinCluster_mnesia: 3.10 joins only while RabbitMQ is stopped, and its nodes have types.
func TestJoinCluster_mnesia(t *testing.T) {
	t.Parallel()
	calls := nodetest.Says(map[string]string{"rabbit:is_running/0": "true", "rabbit_misc:version/0": `"3.10.8"`,
		"rabbit_mnesia:cluster_nodes/1": "[rabbit@localhost]", "rabbit_mnesia:node_type/0": "disc"})
	undef := "{badrpc,{'EXIT',{undef,[{rabbit_nodes,list_members,[],[]}]}}}"
	others := map[string]string{"a@localhost rabbit_nodes:list_members": undef,
		"a@localhost rabbit_mnesia:cluster_nodes": "[a@localhost]", "a@localhost rabbit_feature_flags:is_enabled": "true"}
	ofOthers(calls, others)
	calls["rabbit_feature_flags:is_enabled/1"] = term("false")
	calls["rabbit_mnesia:join_cluster/2"] = func(c *nodetest.Call) erlang.Term {
		if c.Args[1] != erlang.Atom("ram") {
			t.Errorf("arguments %s", erlang.Text(erlang.List(c.Args)))
		}
		others["a@localhost rabbit_mnesia:cluster_nodes"] = "[a@localhost,rabbit@localhost]"
		return erlang.Tuple{erlang.Atom("ok"), erlang.Atom("already_member")}
	}
	n := (&nodetest.Node{Calls: calls}).Start(t)
	const line = "join_cluster a@localhost --ram --reset rabbit@localhost --yes"
	heard(t, n, said{line, "", "refused: with Khepri there are no RAM nodes", fail.Unavailable})
	others["a@localhost rabbit_feature_flags:is_enabled"] = "false"
	heard(t, n, said{line, "", "has to be stopped first", fail.Unavailable},
		said{"change_cluster_node_type ram", "", "has to be stopped first", fail.Unavailable})
	calls["rabbit:is_running/0"] = term("false")
	heard(t, n, said{line, "unchanged\n", "", ""},
		said{"change_cluster_node_type disc", "unchanged\n", "", ""},
		said{"change_cluster_node_type wood", "", `"wood" is neither disc nor ram`, fail.Usage})
	calls["rabbit_mnesia:change_cluster_node_type/1"] = func(c *nodetest.Call) erlang.Term {
		now := c.Args[0]
		calls["rabbit_mnesia:node_type/0"] = func(*nodetest.Call) erlang.Term { return now }
		return erlang.Atom("ok")
	}
	heard(t, n, said{"change_cluster_node_type ram --dry-run", "type_now\tdisc\n",
		"would change the node's type to ram", ""},
		said{"change_cluster_node_type ram", "changed\n", "", ""})
	calls["rabbit_misc:version/0"] = term(`"4.3.6"`)
	heard(t, n, said{"change_cluster_node_type disc", "", "has no node types", fail.Unavailable})
	delete(calls, "rabbit_mnesia:node_type/0")
	heard(t, n, said{"change_cluster_node_type ram", "", "has no node types", fail.Unavailable})
}

// forgettable returns a node in a cluster of two nodes, whose other node, b@localhost, is stopped.
func forgettable(version string) (calls map[string]func(*nodetest.Call) erlang.Term, n *nodetest.Node) {
	calls = nodetest.Says(map[string]string{"rabbit:is_running/0": "true", "rabbit_misc:version/0": `"` + version + `"`,
		"rabbit_nodes:list_members/0": "[b@localhost,rabbit@localhost]", "rabbit_nodes:list_running/0": "[rabbit@localhost]",
		"rabbit_vhost:list_names/0": `[<<"/">>]`, "rabbit_quorum_queue:shrink_all/1": "[]",
		"rabbit_stream_queue:delete_all_replicas/1": "[]", "rabbit_stream_coordinator:forget_node/1": "ok"})
	row := func(name, rest string) string {
		return `[{name,{resource,<<"/">>,queue,<<"` + name + `">>}},` + rest + "]"
	}
	// After shrink_all, the node lists no queue with a member on the other node.
	calls["rabbit_quorum_queue:shrink_all/1"] = func(*nodetest.Call) erlang.Term {
		calls["rabbit_amqqueue:info_all/2"] = term("[" + row("z", "{type,quorum},{members,[rabbit@localhost]}") + "]")
		return erlang.List{}
	}
	calls["rabbit_amqqueue:info_all/2"] = term("[" + strings.Join([]string{
		row("z", "{type,quorum},{pid,{z,rabbit@localhost}},{leader,rabbit@localhost},{members,[b@localhost,rabbit@localhost]}"),
		row("mine", "{type,classic},{pid,''},{leader,''},{members,[rabbit@localhost]}"),
		row("alone", "{type,rabbit_classic_queue},{pid,{alone,b@localhost}},{leader,''},{members,''}"),
		// The leader of these three was on the stopped node.
		row("one", "{type,quorum},{pid,undefined},{leader,''},{members,[b@localhost]}"),
		row("led", "{type,quorum},{pid,''},{leader,''},{members,[b@localhost,rabbit@localhost]}"),
		row("stream", "{type,stream},{pid,''},{leader,b@localhost},{members,[b@localhost]}")}, ",") + "]")
	remove := func(*nodetest.Call) erlang.Term {
		calls["rabbit_nodes:list_members/0"] = term("[rabbit@localhost]")
		return erlang.Atom("ok")
	}
	if version == "3.10.8" {
		calls["rabbit_mnesia:forget_cluster_node/2"] = remove
	} else {
		calls["rabbit_db_cluster:forget_member/2"] = remove
	}
	ofOthers(calls, nil)
	return calls, &nodetest.Node{Calls: calls}
}

func TestForgetClusterNode(t *testing.T) {
	t.Parallel()
	for version, order := range map[string]string{
		"3.10.8": "rabbit_mnesia:forget_cluster_node/2 rabbit_quorum_queue:shrink_all/1",
		"4.0.5":  "rabbit_db_cluster:forget_member/2 rabbit_quorum_queue:shrink_all/1",
		"4.3.6":  "rabbit_stream_coordinator:forget_node/1 rabbit_db_cluster:forget_member/2",
	} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			calls, n := forgettable(version)
			n.Start(t)
			heard(t, n,
				said{"forget_cluster_node rabbit@localhost --yes", "", "cannot remove itself", fail.Usage},
				said{"forget_cluster_node b@localhost", "", "there is no terminal to ask at", fail.Usage},
				said{"forget_cluster_node b@localhost --dry-run",
					"/\talone\tclassic\tlost\n/\tled\tquorum\t1 member\n/\tone\tquorum\tlost\n/\tstream\tstream\tlost\n" +
						"/\tz\tquorum\t1 member\n", "3 queues are on no other node", ""})
			if text := strings.Join(n.Asked(), " "); strings.Contains(text, "forget") || strings.Contains(text, "shrink") {
				t.Fatalf("asked %s", text)
			}
			heard(t, n, said{"forget_cluster_node b@localhost --yes", "removed\nnode\nrabbit@localhost\n", "", ""})
			if text := strings.Join(n.Asked(), " "); !strings.Contains(text, order) {
				t.Errorf("asked %s", text)
			}
			calls["rabbit_nodes:list_members/0"] = term("[b@localhost,rabbit@localhost]")
			calls["rabbit_nodes:list_running/0"] = term("[rabbit@localhost,b@localhost]")
			heard(t, n, said{"forget_cluster_node b@localhost --yes", "",
				"RabbitMQ runs on node b@localhost, and has to be stopped",
				fail.Unavailable})
		})
	}
}

// TestForgetClusterNode_unshrunk: if members of queues remain on the removed node, the command reports that.
func TestForgetClusterNode_unshrunk(t *testing.T) {
	t.Parallel()
	calls, n := forgettable("4.0.5")
	calls["rabbit_quorum_queue:shrink_all/1"] = term(`[{{resource,<<"/">>,queue,<<"one">>},{error,1,last_node}},` +
		`{{resource,<<"/">>,queue,<<"z">>},{ok,1}}]`)
	calls["rabbit_amqqueue:info_all/2"] = term("[]")
	n.Start(t)
	heard(t, n, said{"forget_cluster_node b@localhost --yes", "removed\n",
		"node b@localhost is removed, but 1 queue member on it could not be removed",
		fail.Incomplete})
	for name, answer := range map[string]string{"stream_queue:delete_all_replicas": `{error,"no coordinator"}`,
		"stream_coordinator:forget_node": "{error,timeout}"} {
		calls["rabbit_"+name+"/1"] = term(answer)
	}
	calls["rabbit_nodes:list_members/0"] = term("[b@localhost,rabbit@localhost]")
	heard(t, n, said{"forget_cluster_node b@localhost --yes", "removed\n", "node b@localhost is removed, but " +
		"1 queue member and the members of streams and the member of the stream coordinator on it could not be removed",
		fail.Incomplete})
	// A queue step would not help where only the coordinator of streams kept its member.
	calls["rabbit_quorum_queue:shrink_all/1"], calls["rabbit_stream_queue:delete_all_replicas/1"] = term("[]"), term("[]")
	calls["rabbit_nodes:list_members/0"] = term("[b@localhost,rabbit@localhost]")
	r := at(t, n, nil, "forget_cluster_node", "b@localhost", "--yes")
	next := fmt.Sprint(fail.HintOf(r.Error))
	if !strings.Contains(next, "rabbitctl coordinator_status --node rabbit@localhost shows whether it still has a member on "+
		"node b@localhost") || strings.Contains(next, "delete_member") {
		t.Errorf("%v, next %s", r.Error, next)
	}
	calls["rabbit_db_cluster:forget_member/2"] = term(`{error,{failed_to_remove_node,b@localhost,rabbit_still_running}}`)
	calls["rabbit_nodes:list_members/0"] = term("[b@localhost,rabbit@localhost]")
	heard(t, n, said{"forget_cluster_node b@localhost --yes", "", "RabbitMQ runs on node b@localhost", fail.Unavailable})
	calls["rabbit_db_cluster:forget_member/2"] = term("ok")
	heard(t, n, said{"forget_cluster_node b@localhost --yes", "", "the cluster still lists node b@localhost",
		fail.Unavailable})
}

// TestForgetClusterNode_silentlyUnshrunk: if a queue has no majority, 4.3.6 does not remove its member on the other
// node, and leaves the queue out of its answer. The command must find these members, and report them.
func TestForgetClusterNode_silentlyUnshrunk(t *testing.T) {
	t.Parallel()
	calls, n := forgettable("4.3.6")
	calls["rabbit_quorum_queue:shrink_all/1"] = term("[]")
	n.Start(t)
	heard(t, n, said{"forget_cluster_node b@localhost --yes",
		"/\tled\tthe node reports no error, but the member is still there\n",
		"node b@localhost is removed, but 4 queue members are still on it", fail.Incomplete})
	delete(calls, "rabbit_vhost:list_names/0")
	calls["rabbit_nodes:list_members/0"] = term("[b@localhost,rabbit@localhost]")
	heard(t, n, said{"forget_cluster_node b@localhost --yes", "removed\n",
		"members that are still on the node may not be reported", ""})
}

func TestForceStandaloneKhepriBoot(t *testing.T) {
	t.Parallel()
	calls := nodetest.Says(map[string]string{"rabbit:is_running/0": "true", "rabbit_feature_flags:is_enabled/1": "true",
		"rabbit_khepri:locally_known_nodes/0": "[b@localhost,rabbit@localhost]",
		"rabbit_vhosts:reconcile_once/0":      "{ok,pid}"})
	calls["rabbit_khepri:force_shrink_member_to_current_member/0"] = func(*nodetest.Call) erlang.Term {
		calls["rabbit_khepri:locally_known_nodes/0"] = term("[rabbit@localhost]")
		return erlang.Atom("ok")
	}
	n := (&nodetest.Node{Calls: calls}).Start(t)
	const line = "force_standalone_khepri_boot rabbit@localhost"
	heard(t, n, said{"force_standalone_khepri_boot b@localhost --yes", "",
		"the node that answers is rabbit@localhost", fail.Usage},
		said{line, "", "there is no terminal to ask at", fail.Usage}, said{line + " --dry-run", "b@localhost\n",
			"1 node is dropped", ""},
		said{line + " --yes", "changed\n", "", ""}, said{line + " --yes", "unchanged\n", "", ""})
	// While RabbitMQ is stopped, 4.3.6 lists no member at all.
	calls["rabbit_khepri:locally_known_nodes/0"] = term("[]")
	heard(t, n, said{line + " --yes", "", "the metadata store does not run on node rabbit@localhost", fail.Unavailable})
	calls["rabbit_feature_flags:is_enabled/1"] = term("false")
	heard(t, n, said{line + " --yes", "", "does not keep its metadata in Khepri", fail.Unavailable})
}
