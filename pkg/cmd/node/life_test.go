package node_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// clustered returns the answers of a node in a cluster, where one queue would lose its majority without this node.
func clustered() map[string]string {
	return map[string]string{"rabbit:is_running/0": "true", "rabbit:status/0": "[{totals,[{connection_count,3}]}]",
		"rabbit_nodes:is_single_node_cluster/0": "false", "os:getpid/0": `"1234"`,
		"rabbit_upgrade_preparation:list_with_minimum_quorum_for_cli/0": `[` +
			`#{<<"readable_name">> => <<"queue 'q' in vhost '/'">>,<<"type">> => rabbit_quorum_queue},` +
			`#{<<"readable_name">> => rabbit_stream_coordinator,<<"type">> => process},` +
			`#{<<"readable_name">> => rabbitmq_metadata,<<"type">> => process}]`,
		"rabbit_networking:active_listeners/0": `[{listener,rabbit@localhost,amqp,"h",{0,0,0,0},5672,[]},` +
			`{listener,other@localhost,amqp,"h",{0,0,0,0},5673,[]},{listener,rabbit@localhost,clustering,"h",{0,0,0,0},25672,[]}]`,
		"rabbit_maintenance:suspend_all_client_listeners/0": "ok",
		"rabbit_maintenance:resume_all_client_listeners/0":  "ok",
	}
}

type said struct {
	line, out, err string
	kind           fail.Kind
}

// heard runs each command line against the node. Its output and its messages must contain the expected texts, and its
// error must be of the expected kind.
func heard(t *testing.T, n *nodetest.Node, all ...said) {
	t.Helper()
	for _, c := range all {
		r := at(t, n, nil, strings.Fields(c.line)...)
		text := r.Err
		if r.Error != nil {
			text += r.Error.Error()
		}
		if !strings.Contains(r.Out, c.out) || !strings.Contains(text, c.err) || fail.KindOf(r.Error) != c.kind {
			t.Errorf("%s: %q %q %v, which is %s", c.line, r.Out, r.Err, r.Error, fail.KindOf(r.Error))
		}
	}
}

func TestDrain(t *testing.T) {
	t.Parallel()
	calls := nodetest.Says(clustered())
	state := erlang.Atom("regular")
	becomes := func(next erlang.Atom) func(*nodetest.Call) erlang.Term {
		return func(*nodetest.Call) erlang.Term {
			state = next
			return erlang.Atom("ok")
		}
	}
	calls["rabbit_maintenance:drain/0"], calls["rabbit_maintenance:revive/0"] = becomes("draining"), becomes("regular")
	calls["rabbit_maintenance:status_local_read/1"] = func(*nodetest.Call) erlang.Term { return state }
	n := (&nodetest.Node{Calls: calls}).Start(t)
	heard(t, n,
		said{"revive", "unchanged\n", "", ""},
		said{"drain", "", "there is no terminal to ask at", fail.Usage},
		said{"drain --dry-run", "connections\t3\nqueues_without_majority\t1\n", "would start maintenance mode on", ""},
		said{"drain --dry-run", "queue 'q' in vhost '/'", "1 quorum queue or stream has no majority", ""},
		said{"drain --dry-run", "", "without the node, the stream coordinator has no majority", ""},
		said{"drain --dry-run", "", "without the node, the metadata store has no majority", ""},
		said{"drain --yes", "drained\n", "", ""}, said{"drain --yes", "unchanged\n", "", ""},
		said{"revive", "revived\n", "", ""},
	)
	calls["rabbit_maintenance:drain/0"] = nodetest.Says(map[string]string{"x": "ok"})["x"]
	heard(t, n, said{"drain --yes", "", "the node answered ok, but it is not in maintenance", fail.Unavailable})
	delete(calls, "rabbit_maintenance:drain/0")
	heard(t, n, said{"drain --yes", "", "has no maintenance mode", fail.Unavailable})
}

// TestListeners: rabbitctl asks the node for each listener whether the listener is suspended.
func TestListeners(t *testing.T) {
	t.Parallel()
	calls := nodetest.Says(clustered())
	status := erlang.Term(erlang.Atom("running"))
	becomes := func(next erlang.Atom) func(*nodetest.Call) erlang.Term {
		return func(*nodetest.Call) erlang.Term {
			status = next
			return erlang.Atom("ok")
		}
	}
	calls["rabbit_networking:ranch_ref/2"] = func(c *nodetest.Call) erlang.Term { return c.Args[1] }
	calls["ranch:get_status/1"] = func(c *nodetest.Call) erlang.Term {
		if c.Args[0] != erlang.Int(5672) {
			t.Errorf("asked for %v", c.Args)
		}
		return status
	}
	calls["rabbit_maintenance:suspend_all_client_listeners/0"] = becomes("suspended")
	calls["rabbit_maintenance:resume_all_client_listeners/0"] = becomes("running")
	n := (&nodetest.Node{Calls: calls}).Start(t)
	heard(t, n,
		said{"resume_listeners", "unchanged\n", "", ""},
		said{"suspend_listeners --dry-run", "protocol\taddress\tport\tstatus\namqp\t0.0.0.0\t5672\trunning\n",
			"open connections stay", ""},
		said{"suspend_listeners", "", "there is no terminal to ask at", fail.Usage},
		said{"suspend_listeners --yes", "suspended\n", "", ""},
		said{"suspend_listeners --yes", "unchanged\n", "", ""}, said{"resume_listeners", "resumed\n", "", ""})
	badarg := "{badrpc,{'EXIT',{badarg,[]}}}"
	always := func(text string) func(*nodetest.Call) erlang.Term {
		return nodetest.Says(map[string]string{"x": text})["x"]
	}
	calls["rabbit_maintenance:suspend_all_client_listeners/0"] = always("ok")
	heard(t, n, said{"suspend_listeners --yes", "", "these listeners are not suspended: amqp on port 5672",
		fail.Incomplete})
	// A node of 4.3.6 lists the listener of a plugin that did not start, although no such listener exists.
	calls["ranch:get_status/1"] = always(badarg)
	calls["rabbit_maintenance:suspend_all_client_listeners/0"] = always(badarg)
	heard(t, n, said{"suspend_listeners --yes", "", "1 of 1 listeners are not suspended: amqp on port 5672",
		fail.Unavailable})
	// The call fails, but it has suspended the listener. So the error must not say how many listeners are not suspended:
	// it would say "0 of 1".
	status = erlang.Atom("running")
	calls["ranch:get_status/1"] = func(*nodetest.Call) erlang.Term { return status }
	calls["rabbit_maintenance:suspend_all_client_listeners/0"] = func(c *nodetest.Call) erlang.Term {
		status = erlang.Atom("suspended")
		return always(badarg)(c)
	}
	r := at(t, n, nil, "suspend_listeners", "--yes")
	if fail.KindOf(r.Error) != fail.Unavailable || strings.Contains(r.Error.Error(), "0 of 1") {
		t.Errorf("%+v", r)
	}
}

// TestDrain_stopped: a node of 4.3 on which RabbitMQ is stopped answers ok to drain and does nothing. So rabbitctl does
// not ask it to drain.
func TestDrain_stopped(t *testing.T) {
	t.Parallel()
	n := (&nodetest.Node{Calls: nodetest.Says(map[string]string{"rabbit:is_running/0": "false",
		"rabbit_maintenance:drain/0": "ok"})}).Start(t)
	for _, line := range []string{"drain --yes", "revive", "suspend_listeners --yes", "resume_listeners"} {
		heard(t, n, said{line, "", "node rabbit@localhost", fail.Unavailable})
	}
	if slices.Contains(n.Asked(), "rabbit_maintenance:drain/0") {
		t.Errorf("asked %q", n.Asked())
	}
}

// TestStop: a node counts as stopped when it accepts no more connections, even if it has not answered the command.
func TestStop(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		answers bool
		word    string
	}{{"answers", true, "stop"}, {"is gone before it answers", false, "shutdown"}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			calls := nodetest.Says(clustered())
			n := &nodetest.Node{Calls: calls}
			calls["rabbit:stop_and_halt/0"] = func(*nodetest.Call) erlang.Term {
				n.Close()
				if !c.answers {
					n.Cut()
				}
				return erlang.Atom("ok")
			}
			n.Start(t)
			heard(t, n, said{c.word, "", "there is no terminal to ask at", fail.Usage},
				said{c.word + " --dry-run", "process.os_pid\t1234\n", "", ""},
				said{c.word + " --dry-run", "connections\t3\n", "1 quorum queue or stream has no majority", ""},
				said{c.word + " --yes", "stopped\n", "", ""})
		})
	}
}

// TestStop_runsOn: if the node answers ok but goes on running, the command fails.
func TestStop_runsOn(t *testing.T) {
	t.Parallel()
	calls := nodetest.Says(map[string]string{"rabbit:is_running/0": "false", "os:getpid/0": `"1234"`,
		"rabbit:stop_and_halt/0": "ok"})
	n := (&nodetest.Node{Calls: calls}).Start(t)
	heard(t, n, said{"stop --yes --timeout 1s", "", "was told to stop, but still ran when it last answered", fail.Lost})
}

func TestReset(t *testing.T) {
	t.Parallel()
	calls := nodetest.Says(map[string]string{"rabbit:is_running/0": "false", "rabbit_db:reset/0": "ok",
		"rabbit_db:force_reset/0":             `{error,"Forced reset is unsupported with Khepri"}`,
		"rabbit_db:force_load_on_next_boot/0": "{error,unsupported_with_khepri}",
		"rabbit_feature_flags:is_enabled/1":   "true",
		"rabbit_nodes:list_members/0":         "[rabbit@localhost,other@localhost]"})
	n := (&nodetest.Node{Calls: calls}).Start(t)
	heard(t, n, said{"reset", "", "NODE is missing", fail.Usage},
		said{"reset rabbit@elsewhere --yes", "", "the node that answers is rabbit@localhost, but the command line names rabbit@elsewhere", fail.Usage},
		said{"reset rabbit --yes", "", "the node that answers is rabbit@localhost, but the command line names rabbit", fail.Usage},
		said{"reset rabbit@localhost", "", "there is no terminal to ask at", fail.Usage},
		said{"reset rabbit@localhost --dry-run", "leaves_cluster_of\nother@localhost\n", "nothing brings them back", ""},
	)
	calls["rabbit_nodes:list_members/0"] = nodetest.Says(map[string]string{"x": "[]"})["x"] // as 4.3.6 does
	heard(t, n, said{"reset rabbit@localhost --dry-run", "", "the node does not report which cluster it is in", ""})
	if slices.Contains(n.Asked(), "rabbit_db:reset/0") {
		t.Errorf("asked %q", n.Asked())
	}
	heard(t, n, said{"reset rabbit@localhost --yes", "reset\n", "", ""})
	members := map[string]string{"x": "[rabbit@localhost,other@localhost]", "alone": "[rabbit@localhost]"}
	calls["rabbit_nodes:list_members/0"] = nodetest.Says(members)["x"]
	heard(t, n, said{"reset rabbit@localhost --yes", "", "answered ok, but is still in a cluster with other@localhost",
		fail.Unavailable})
	calls["rabbit_db:reset/0"] = func(*nodetest.Call) erlang.Term {
		calls["rabbit_nodes:list_members/0"] = nodetest.Says(members)["alone"]
		return erlang.Atom("ok")
	}
	calls["rpc:call/5"] = nodetest.Says(members)["x"]
	heard(t, n, said{"reset rabbit@localhost --yes", "", "node rabbit@localhost is reset, but node other@localhost still counts it as",
		fail.Incomplete},
		said{"force_reset rabbit@localhost --yes", "", "the node refuses, for this reason: Forced reset is unsupported with Khepri",
			fail.Unavailable},
		said{"force_boot --dry-run", "", "nothing was changed: a node that keeps its metadata in Khepri", fail.Unavailable},
		said{"force_boot --yes", "", "nothing was changed: a node that keeps its metadata in Khepri", fail.Unavailable})
	if slices.Contains(n.Asked(), "rabbit_db:force_load_on_next_boot/0") {
		t.Errorf("asked %q", n.Asked())
	}
	if next := steps.Of(at(t, n, nil, "force_boot", "--yes").Error); !strings.Contains(next,
		"rabbitctl force_standalone_khepri_boot rabbit@localhost --node rabbit@localhost") {
		t.Errorf("next: %s", next)
	}
}

// TestReset_mnesia: rabbitctl resets a node of 3.10 with functions that have other names than on 4.x.
func TestReset_mnesia(t *testing.T) {
	t.Parallel()
	calls := nodetest.Says(map[string]string{"rabbit:is_running/0": "false", "rabbit_mnesia:reset/0": "ok",
		"rabbit_mnesia:force_reset/0": "ok", "rabbit_mnesia:force_load_next_boot/0": "ok",
		"rabbit_feature_flags:is_enabled/1": "false", "rabbit_mnesia:cluster_nodes/1": "[rabbit@localhost]"})
	n := (&nodetest.Node{Calls: calls}).Start(t)
	heard(t, n, said{"reset rabbit@localhost --dry-run", "", "so no other node has a copy of its data", ""},
		said{"reset rabbit@localhost --yes", "reset\n", "", ""},
		said{"force_reset rabbit@localhost --yes", "reset\n", "", ""},
		said{"force_boot", "", "there is no terminal to ask at", fail.Usage},
		said{"force_boot --yes", "changed\n", "", ""})
	calls["rabbit:is_running/0"] = nodetest.Says(map[string]string{"x": "true"})["x"]
	for _, line := range []string{"reset rabbit@localhost --yes", "force_reset rabbit@localhost --yes",
		"force_boot --yes"} {
		heard(t, n, said{line, "", "RabbitMQ runs on node rabbit@localhost, and has to be stopped", fail.Unavailable})
	}
}
