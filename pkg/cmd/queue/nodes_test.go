package queue_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/queue"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
)

// asked returns a function of a node that sends the rows of one virtual host. It fails the test if rabbitctl requests
// items other than these.
func asked(t *testing.T, items, vhost string, rows ...string) func(*nodetest.Call) erlang.Term {
	return func(c *nodetest.Call) erlang.Term {
		if got := erlang.Text(c.Args[1]); got != items {
			t.Errorf("items %s", got)
		}
		if c.Args[0] == erlang.Binary(vhost) {
			for _, text := range rows {
				row, err := erlang.Parse(text)
				if err != nil {
					panic(err)
				}
				c.Send(c.Args[3], erlang.Tuple{c.Args[2], row, erlang.Atom("continue")})
			}
		}
		c.Send(c.Args[3], erlang.Tuple{c.Args[2], erlang.Atom("finished")})
		return erlang.Atom("ok")
	}
}

// overErlang runs a command over Erlang distribution. A request to the management API fails the test.
func overErlang(t *testing.T, n *nodetest.Node, words ...string) cmdtest.Result {
	t.Helper()
	cookie := filepath.Join(t.TempDir(), "cookie")
	if err := os.WriteFile(cookie, []byte("secret"), 0o400); err != nil {
		t.Fatal(err)
	}
	return cmdtest.Run{Commands: queue.Commands(), Env: []string{"RABBITCTL_ERLANG_COOKIE_FILE=" + cookie,
		fmt.Sprintf("RABBITCTL_EPMD_PORT=%d", n.EpmdPort), "RABBITCTL_NODE=rabbit"}}.Do(t, brokertest.New(t), words...)
}

// TestListQueues_node lists queues of two running nodes, and a queue whose node is down, with rows as 3.10 and 4.3 send
// them.
func TestListQueues_node(t *testing.T) {
	t.Parallel()
	const items = "[name,arguments,effective_policy_definition,leader,members,memory,messages,pid,policy,state,type]"
	says := func(text string) func(*nodetest.Call) erlang.Term {
		value, err := erlang.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return func(*nodetest.Call) erlang.Term { return value }
	}
	n := (&nodetest.Node{Calls: map[string]func(*nodetest.Call) erlang.Term{
		"rabbit:is_running/0": says("true"), "rabbit_vhost:list_names/0": says(`[<<"/">>,<<"v">>]`),
		"rabbit_nodes:list_running/0": says("[rabbit@localhost,other@localhost]"),
		"rabbit_nodes:list_members/0": says("[rabbit@localhost,other@localhost]"),
		"rabbit_amqqueue:emit_info_local/4": asked(t, items, "/", `[{name,{resource,<<"/">>,queue,<<"c">>}},`+
			`{arguments,[{<<"x-max-length">>,long,5},{<<"a">>,array,[{longstr,<<"b">>}]},{<<"t">>,table,[{<<"k">>,bool,true}]}]},`+
			`{effective_policy_definition,[{<<"max-length">>,5}]},{leader,''},{members,''},{memory,22304},{messages,3},`+
			`{pid,''},{policy,<<"p">>},{state,running},{type,classic}]`),
		"rabbit_amqqueue:emit_info_down/4": asked(t, items, "v", `[{name,{resource,<<"v">>,queue,<<"d">>}},{arguments,[]},`+
			`{effective_policy_definition,#{}},{leader,''},{members,''},{memory,''},{messages,''},{pid,''},{policy,''},{state,down},`+
			`{type,rabbit_classic_queue}]`),
	}}).Start(t)
	// This comes first, because it checks that emit_info_local was not called. The commands below call it, and the one
	// with --limit perhaps even after its end.
	odd := overErlang(t, n, "list_queues", "name", "idle_since", "--source", "node")
	if fail.KindOf(odd.Error) != fail.Usage ||
		!strings.Contains(odd.Error.Error(), `--source node has no column "idle_since"`) {
		t.Errorf("%+v", odd)
	}
	if slices.Contains(n.Asked(), "rabbit_amqqueue:emit_info_local/4") {
		t.Errorf("asked %q", n.Asked())
	}
	n.Knows((&nodetest.Node{Name: "other@localhost", Calls: map[string]func(*nodetest.Call) erlang.Term{
		"rabbit_amqqueue:emit_info_local/4": asked(t, items, "v", `[{name,{resource,<<"v">>,queue,<<"q">>}},{arguments,[]},`+
			`{effective_policy_definition,[]},{leader,other@localhost},{members,[other@localhost,rabbit@localhost]},{memory,1},`+
			`{messages,0},{pid,undefined},{policy,''},{state,running},{type,quorum}]`)}}).Start(t))
	words := strings.Fields("list_queues vhost name type state messages memory policy arguments effective_policy_definition " +
		"members node --source node --sort name")
	r := overErlang(t, n, words...)
	const want = "vhost\tname\ttype\tstate\tmessages\tmemory\tpolicy\targuments\teffective_policy_definition\tmembers\tnode\n" +
		`/	c	classic	running	3	22304	p	[{"a",["b"]},{"t",[{"k",true}]},{"x-max-length",5}]	[{"max-length",5}]		` + "\n" +
		"v\td\tclassic\tdown\t\t\t\t[]\t[]\t\t\n" +
		"v\tq\tquorum\trunning\t0\t1\t\t[]\t[]\t[other@localhost, rabbit@localhost]\tother@localhost\n"
	if r.Out != want || r.Err != "" || r.Error != nil || len(r.Requests) > 0 {
		t.Errorf("%s\n%+v", r.Out, r)
	}
	if object := overErlang(t, n, append(words, "-o", "json")...); !strings.Contains(object.Out,
		`"arguments":{"a":["b"],"t":{"k":true},"x-max-length":5},"effective_policy_definition":{"max-length":5},"members":null,"node":null}`) ||
		!strings.Contains(object.Out, `"members":["other@localhost","rabbit@localhost"],"node":"other@localhost"}`) {
		t.Errorf("%s", object.Out)
	}
	if few := overErlang(t, n, "list_queues", "name", "arguments", "effective_policy_definition", "leader", "members",
		"memory", "messages", "pid", "policy", "state", "type", "node", "--source", "node", "--limit", "1"); few.Error != nil ||
		strings.Count(few.Out, "\n") != 2 {
		t.Errorf("%+v", few)
	}
	if one := overErlang(t, n, append(words, "-p", "v")...); strings.Contains(one.Out, "/\tc") ||
		!strings.Contains(one.Out, "v\tq") || !strings.Contains(one.Out, "v\td") {
		t.Errorf("%+v", one)
	}
	if lost := overErlang(t, n, append(words, "-p", "w")...); fail.KindOf(lost.Error) != fail.NotFound ||
		!strings.Contains(lost.Error.Error(), "virtual host w does not exist") {
		t.Errorf("%+v", lost)
	}
}

// TestListQueues_nodeIsStopped: nodes do not list quorum queues and streams that a stopped node led. So the command
// must say that its rows are incomplete.
func TestListQueues_nodeIsStopped(t *testing.T) {
	t.Parallel()
	for _, members := range []string{"list_members", "all"} { // 4.3, 3.10
		calls := nodetest.Says(map[string]string{"rabbit:is_running/0": "true", "rabbit_vhost:list_names/0": `[<<"/">>]`,
			"rabbit_nodes:list_running/0":    "[rabbit@localhost]",
			"rabbit_nodes:" + members + "/0": "[rabbit@localhost,b@localhost]"})
		calls["rabbit_amqqueue:emit_info_local/4"] = asked(t, "[name]", "/", `[{name,{resource,<<"/">>,queue,<<"c">>}}]`)
		calls["rabbit_amqqueue:emit_info_down/4"] = asked(t, "[name]", "/")
		r := overErlang(t, (&nodetest.Node{Calls: calls}).Start(t), "list_queues", "name", "--source", "node")
		if r.Out != "name\nc\n" || fail.KindOf(r.Error) != fail.Incomplete ||
			!strings.Contains(r.Error.Error(), "RabbitMQ does not run or does not answer on b@localhost, so the list lacks quorum queues") {
			t.Errorf("%+v", r)
		}
	}
}

// The column pid is empty, as the note says, although rabbitctl requests the item pid for the column node.
func TestListQueues_nodeWithoutPid(t *testing.T) {
	t.Parallel()
	calls := nodetest.Says(map[string]string{"rabbit:is_running/0": "true", "rabbit_vhost:list_names/0": `[<<"/">>]`,
		"rabbit_nodes:list_running/0": "[rabbit@localhost]"})
	calls["rabbit_amqqueue:emit_info_local/4"] = asked(t, "[name,leader,pid]", "/",
		`[{leader,rabbit@localhost},{name,{resource,<<"/">>,queue,<<"c">>}},{pid,local}]`)
	calls["rabbit_amqqueue:emit_info_down/4"] = asked(t, "[name,leader,pid]", "")
	n := (&nodetest.Node{Calls: calls}).Start(t)
	r := overErlang(t, n, "list_queues", "name", "pid", "node", "--source", "node")
	if r.Out != "name\tpid\tnode\nc\t\trabbit@localhost\n" || !strings.Contains(r.Err, "pid is empty") {
		t.Errorf("%+v", r)
	}
}
