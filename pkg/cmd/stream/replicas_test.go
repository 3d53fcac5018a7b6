package stream_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/stream"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/golden"
	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
)

// clustered returns the answers of a node of a cluster. Three other members run, and one, r@off, does not. The map more
// adds answers, or replaces them.
func clustered(more map[string]string) map[string]func(*nodetest.Call) erlang.Term {
	values := map[string]string{"rabbit:is_running/0": "true", "rabbit_vhost:list_names/0": `[<<"/">>]`,
		"rabbit_nodes:list_running/0": "[r@a,r@b,r@c]", "rabbit_nodes:list_members/0": "[rabbit@localhost,r@a,r@b,r@c,r@off]"}
	for name, text := range more {
		values[name] = text
	}
	return nodetest.Says(values)
}

func TestReplicas(t *testing.T) {
	t.Parallel()
	d := cmdtest.NewDistantCase
	calls := clustered(nil)
	events := &nodetest.Queue{Name: "events", Type: "stream", Leader: "r@a", Members: []string{"r@a"}}
	nodetest.Queues(calls, events, &nodetest.Queue{Name: "q", Type: "quorum", Leader: "r@a", Members: []string{"r@a"}})
	n := (&nodetest.Node{Calls: calls}).Start(t)
	cmdtest.Distant(t, stream.Commands, n, []cmdtest.DistantCase{
		d("add_replica events r@b --dry-run", "members\t[r@a]", "would add a replica of stream events in virtual host / on node r@b", ""),
		d("add_replica events r@b --check", "differs\n", "", fail.Differs),
		d("add_replica events r@b", "added\nleader\tr@a\nmembers\t[r@a, r@b]\n", "", ""),
		d("add_replica events r@b", "unchanged\n", "", ""),
		d("add_replica events r@d", "", "node r@d is not a running member of the cluster, did you mean \"r@a\"?", fail.NotFound),
		d("add_replica events r@off", "", "node r@off is a member of the cluster, but does not run", fail.NotFound),
		d("add_replica q r@b", "", "queue q in virtual host / is a quorum queue, not a stream", fail.Data),
		d("add_replica event r@b", "", "stream event does not exist in virtual host /, did you mean \"events\"?", fail.NotFound),
		d("add_replica events r@b -p v", "", "virtual host v does not exist", fail.NotFound),
		d("delete_replica events r@a", "", "there is no terminal to ask at", fail.Usage),
		d("delete_replica events r@a --dry-run", "", "this replica is the leader", ""),
		d("delete_replica events r@b --yes", "deleted\nleader\tr@a\nmembers\t[r@a]\n", "", ""),
		d("delete_replica events r@b --yes", "", "stream events in virtual host / has no replica on node r@b", fail.NotFound),
		d("delete_replica events r@b --yes --if-exists", "absent\n", "", ""),
		d("delete_replica event r@b --yes --if-exists", "", "stream event does not exist", fail.NotFound),
		d("delete_replica events r@a --yes", "", "node r@a has the only replica of stream events", fail.Unavailable),
	})
	asked := len(slices.DeleteFunc(n.Asked(),
		func(name string) bool { return name != "rabbit_stream_queue:add_replica/3" }))
	if asked != 1 {
		t.Errorf("%d replicas were added, want 1", asked)
	}
}

// TestDeleteReplica_away: 3.10.8 refuses to delete a replica on a stopped node, so rabbitctl calls the stream
// coordinator, which does it.
func TestDeleteReplica_away(t *testing.T) {
	t.Parallel()
	d := cmdtest.NewDistantCase
	calls := clustered(map[string]string{"rabbit_stream_queue:delete_replica/3": "{error,node_not_running}",
		"amqqueue:get_type_state/1": `#{name => "__events_1"}`})
	members := []string{"r@a", "r@off", "r@gone"}
	events := &nodetest.Queue{Name: "events", Type: "stream", Leader: "r@a", Members: members}
	refuses := calls["rabbit_stream_queue:delete_replica/3"]
	nodetest.Queues(calls, events)
	calls["rabbit_stream_queue:delete_replica/3"] = refuses
	calls["rabbit_stream_coordinator:delete_replica/2"] = func(c *nodetest.Call) erlang.Term {
		if c.Args[0] != erlang.String("__events_1") || c.Args[1] != erlang.Atom("r@off") {
			t.Errorf("deleted %v", c.Args)
		}
		events.Members = []string{"r@a", "r@gone"}
		ok := erlang.Atom("ok")
		return erlang.Tuple{ok, ok, erlang.Tuple{erlang.Atom("rabbit_stream_coordinator"), erlang.Atom("r@a")}}
	}
	n := (&nodetest.Node{Calls: calls}).Start(t)
	cmdtest.Distant(t, stream.Commands, n, []cmdtest.DistantCase{
		d("delete_replica events r@off --dry-run", "", "node r@off does not run: a deleted replica stays on its disk", ""),
		d("shrink_streams r@off --dry-run", "/\tevents\tr@a\t", "node r@off does not run", ""),
		d("delete_replica events r@off --yes", "deleted\nleader\tr@a\nmembers\t[r@a, r@gone]\n", "", ""),
		d("delete_replica events r@gone --yes", "", "node r@gone is not a member of the cluster", fail.NotFound)})
}

// TestAddReplica_busy: on a node of 4.3.6, adding a replica just after one was deleted fails with noproc. The command
// must say that the node cannot add a replica now.
func TestAddReplica_busy(t *testing.T) {
	t.Parallel()
	d := cmdtest.NewDistantCase
	calls := clustered(nil)
	nodetest.Queues(calls, &nodetest.Queue{Name: "events", Type: "stream", Leader: "r@a", Members: []string{"r@a"}})
	calls["rabbit_stream_queue:add_replica/3"] = nodetest.Says(map[string]string{
		"x": "{badrpc,{'EXIT',{noproc,{gen_server,call,[x]}}}}"})["x"]
	n := (&nodetest.Node{Calls: calls}).Start(t)
	cmdtest.Distant(t, stream.Commands, n, []cmdtest.DistantCase{
		d("add_replica events r@b", "", "the node cannot add a replica of stream events now", fail.Unavailable)})
}

func TestManyReplicas(t *testing.T) {
	t.Parallel()
	d := cmdtest.NewDistantCase
	calls := clustered(nil)
	nodetest.Queues(calls, &nodetest.Queue{Name: "one", Type: "stream", Leader: "r@a", Members: []string{"r@a"}},
		&nodetest.Queue{Name: "two", Type: "stream", Leader: "r@a", Members: []string{"r@a", "r@b"}},
		&nodetest.Queue{Name: "there", Type: "stream", Leader: "r@c", Members: []string{"r@c"}},
		&nodetest.Queue{Name: "q", Type: "quorum", Leader: "r@a", Members: []string{"r@a"}})
	n := (&nodetest.Node{Calls: calls}).Start(t)
	cmdtest.Distant(t, stream.Commands, n, []cmdtest.DistantCase{
		d("grow_streams r@c odd", "", `"odd" is neither all nor even`, fail.Usage),
		d("grow_streams r@x all --yes", "", "node r@x is not a running member of the cluster", fail.NotFound),
		d("grow_streams r@c all", "", "each new replica copies all data of its stream", fail.Usage),
		d("grow_streams r@c all --dry-run", "/\tone\tr@a\t[r@a]\n/\ttwo\tr@a\t[r@a, r@b]\n",
			"would add a replica on node r@c to 2 streams", ""),
		d("grow_streams r@c even --queue-pattern ^t --yes", "added", "", ""),
		d("grow_streams r@c all --queue-pattern ^t", "unchanged\n", "", ""),
		d("grow_streams r@c all --check", "differs\n", "", fail.Differs),
		d("shrink_streams r@c", "", "there is no terminal to ask at", fail.Usage),
		d("shrink_streams r@c --yes", "there in virtual host /\tkept", "its only replica is on node r@c", ""),
		d("shrink_streams r@x --yes", "", "node r@x is not a member of the cluster", fail.NotFound),
		d("shrink_streams r@off --yes", "unchanged\n", "", ""),
		d("shrink_streams r@b --yes", "deleted", "", ""),
		d("shrink_streams r@b --yes", "unchanged\n", "", ""),
	})
}

func TestRestartStream(t *testing.T) {
	t.Parallel()
	d := cmdtest.NewDistantCase
	calls := clustered(map[string]string{"rabbit_stream_queue:restart_stream/3": "{ok,r@a}"})
	nodetest.Queues(calls, &nodetest.Queue{Name: "events", Type: "stream", Leader: "r@a", Members: []string{"r@a", "r@b"}})
	n := (&nodetest.Node{Calls: calls}).Start(t)
	cmdtest.Distant(t, stream.Commands, n, []cmdtest.DistantCase{
		d("restart_stream events", "", "until the stream runs again, nobody can publish to it or consume from it", fail.Usage),
		d("restart_stream events --dry-run", "leader\tr@a\n", "would restart stream events in virtual host /", ""),
		d("restart_stream events --preferred-leader-node r@b --yes", "restarted\nleader\tr@a\n",
			"node r@a leads the stream, not node r@b", ""),
		d("restart_stream events --preferred-leader-node r@c --yes", "", "has no member on node r@c", fail.Data),
		d("restart_stream events --preferred-leader-node r@off --yes", "", "does not run", fail.NotFound),
		d("restart_stream events --preferred-leader-node r@x --yes", "", "node r@x is not a running member of the cluster",
			fail.NotFound),
	})
	delete(calls, "rabbit_stream_queue:restart_stream/3")
	cmdtest.Distant(t, stream.Commands, n, []cmdtest.DistantCase{
		d("restart_stream events", "", "the node's release cannot restart a stream", fail.Unavailable)})
}

func TestResetOffset(t *testing.T) {
	t.Parallel()
	d := cmdtest.NewDistantCase
	calls := clustered(map[string]string{"rabbit_stream_manager:reset_offset/3": "ok"})
	nodetest.Queues(calls, &nodetest.Queue{Name: "events", Type: "stream", Leader: "r@a", Members: []string{"r@a"}})
	stored := "5"
	calls["rabbit_stream_queue:tracking_status/2"] = func(*nodetest.Call) erlang.Term {
		value, _ := erlang.Parse(`[[{type,sequence},{reference,<<"app">>},{value,{0,1}}],` +
			`[{type,offset},{reference,<<"app">>},{value,` + stored + `}]]`)
		return value
	}
	calls["rabbit_stream_manager:reset_offset/3"] = func(*nodetest.Call) erlang.Term {
		stored = "0"
		return erlang.Atom("ok")
	}
	n := (&nodetest.Node{Calls: calls}).Start(t)
	cmdtest.Distant(t, stream.Commands, n, []cmdtest.DistantCase{
		d("reset_offset events app", "", "there is no terminal to ask at", fail.Usage),
		d("reset_offset events app --dry-run", "offset\t5\n", "gets the whole stream again", ""),
		d("reset_offset events other --yes", "", "stored offset of reference other in stream events does not exist", fail.NotFound),
		d("reset_offset events app --yes", "reset\nstream\tevents\nreference\tapp\nbefore\t5\n", "", ""),
		d("reset_offset events app --yes", "unchanged\n", "", ""),
	})
}

func TestGroups(t *testing.T) {
	t.Parallel()
	d := cmdtest.NewDistantCase
	calls := clustered(map[string]string{
		"rabbit_stream_sac_coordinator:consumer_groups/2": `{ok,[[{stream,<<"events">>},{reference,<<"app">>},{partition_index,-1},{consumers,2}]]}`,
		"rabbit_stream_coordinator:status/0":              `[[{<<"Node Name">>,r@a},{<<"Raft State">>,leader},{<<"Term">>,1}]]`,
	})
	state := `"waiting (connected)"`
	calls["rabbit_stream_sac_coordinator:group_consumers/4"] = func(c *nodetest.Call) erlang.Term {
		text := `{ok,[[{subscription_id,0},{connection_name,<<"c">>},{state,` + state + `}]]}`
		if c.Args[2] != erlang.Binary("app") {
			text = "{error,not_found}"
		}
		value, _ := erlang.Parse(text)
		return value
	}
	chosen := `"active (connected)"`
	calls["rabbit_stream_sac_coordinator:activate_consumer/3"] = func(*nodetest.Call) erlang.Term {
		state = chosen
		return erlang.Atom("ok")
	}
	n := (&nodetest.Node{Calls: calls}).Start(t)
	for _, line := range []string{"coordinator_status", "list_stream_consumer_groups",
		"list_stream_group_consumers events app"} {
		r := cmdtest.Run{Commands: stream.Commands(), Env: n.Env(t)}.Do(t, brokertest.New(t), strings.Fields(line)...)
		name, _, _ := strings.Cut(line, " ")
		golden.Check(t, "distant/"+name, "$ rabbitctl "+line+"\n"+r.Golden(brokertest.New(t)))
	}
	cmdtest.Distant(t, stream.Commands, n, []cmdtest.DistantCase{
		d("list_stream_consumer_groups -p v", "", "virtual host v does not exist", fail.NotFound),
		d("list_stream_group_consumers events none", "", "stream events in virtual host / has no group none", fail.NotFound),
		d("activate_stream_consumer events none", "", "group none of stream events does not exist", fail.NotFound),
		d("activate_stream_consumer events app --dry-run", "waiting (connected)",
			"would make the broker choose an active consumer", ""),
		d("activate_stream_consumer events app", "activated\n", "", ""),
		d("activate_stream_consumer events app", "unchanged\n", "", ""),
	})
	// A node can answer ok although it could activate no consumer. The command must find this out.
	state, chosen = `waiting`, `waiting`
	cmdtest.Distant(t, stream.Commands, n, []cmdtest.DistantCase{
		d("activate_stream_consumer events app", "", "the node answered ok, but no consumer of group app of stream events in virtual host / is active",
			fail.Incomplete)})
}

// TestCoordinator_idle: before the first stream exists, 4.3.6 and 4.0.5 answer with an error, but the command prints
// only a note. 3.10 does not have the function, so there the command fails.
func TestCoordinator_idle(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]cmdtest.DistantCase{
		"{badrpc,{'EXIT',{function_clause,[{ra_server_proc,multi_statem_call,4,[]}]}}}": {Err: "when the first stream is declared"},
		"{error,coordinator_not_started_or_available}":                                  {Err: "when the first stream is declared"},
		"{error,odd}": {Err: "the node refuses, for this reason: odd", Kind: fail.Unavailable},
		"{badrpc,{'EXIT',{undef,[{rabbit_stream_coordinator,status,[],[]}]}}}": {Err: "releases since 3.13 do",
			Kind: fail.Unavailable},
	} {
		calls := clustered(map[string]string{"rabbit_stream_coordinator:status/0": answer,
			"rabbit_amqqueue:list_by_type/1": "[]"})
		n := (&nodetest.Node{Calls: calls}).Start(t)
		want.Line = "coordinator_status"
		cmdtest.Distant(t, stream.Commands, n, []cmdtest.DistantCase{want})
		if want.Kind == "" {
			calls["rabbit_amqqueue:list_by_type/1"] = nodetest.Says(map[string]string{"x": "[a_stream]"})["x"]
			cmdtest.Distant(t, stream.Commands, n, []cmdtest.DistantCase{{Line: "coordinator_status",
				Err: "there are streams, but no member of the stream coordinator answers", Kind: fail.Unavailable}})
		}
	}
}
