package personality_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/queue"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
	"github.com/rabbitctl/rabbitctl/pkg/personality"
)

// TestListQueuesOfNodes compares output and exit codes with those of rabbitmqctl of 3.10.8 and 4.3.6, for the rows that
// the two nodes of this test report.
func TestListQueuesOfNodes(t *testing.T) {
	t.Parallel()
	emits := func(items, text string) func(*nodetest.Call) erlang.Term {
		return func(c *nodetest.Call) erlang.Term {
			if got := erlang.Text(c.Args[1]); items != "" && got != items {
				t.Errorf("items %s", got)
			}
			if c.Args[0] == erlang.Binary("v") {
				row, err := erlang.Parse(text)
				if err != nil {
					panic(err)
				}
				c.Send(c.Args[3], erlang.Tuple{c.Args[2], row, erlang.Atom("continue")})
			}
			c.Send(c.Args[3], erlang.Tuple{c.Args[2], erlang.Atom("finished")})
			return erlang.Atom("ok")
		}
	}
	calls := nodetest.Itself(map[string]string{"rabbit_nodes:list_running/0": "[rabbit@localhost,other@localhost]",
		"rabbit_misc:version/0": `"3.10.8"`})
	calls["rabbit_amqqueue:emit_info_local/4"] = emits("", `[{name,{resource,<<"v">>,queue,<<"c">>}},{messages,3},`+
		`{state,running},{type,classic},{policy,''},{arguments,[{<<"x-max-length">>,long,5}]},{slave_pids,''}]`)
	calls["rabbit_amqqueue:emit_info_down/4"] = emits("", `[{name,{resource,<<"v">>,queue,<<"d">>}},{messages,''},`+
		`{state,down},{type,rabbit_classic_queue},{policy,<<"p">>}]`)
	n := (&nodetest.Node{Calls: calls}).Start(t)
	n.Knows((&nodetest.Node{Name: "other@localhost", Calls: map[string]func(*nodetest.Call) erlang.Term{
		"rabbit_amqqueue:emit_info_local/4": emits("", `[{name,{resource,<<"v">>,queue,<<"q">>}},{messages,0},`+
			`{state,running},{type,quorum},{policy,''}]`)}}).Start(t))
	const head, own, far, down = "Timeout: 60.0 seconds ...\nListing queues for vhost v ...\nname\tmessages\tstate\ttype\tpolicy\n",
		"c\t3\trunning\tclassic\t\n", "q\t0\trunning\tquorum\t\n", "d\t\tdown\trabbit_classic_queue\tp\n"
	const columns = "list_queues -p v name messages state type policy"
	for _, c := range []struct {
		line, out, err string
		kind           fail.Kind
	}{
		{columns, head + own + far + down, "", ""}, {columns + " --local", head + own, "", ""},
		{columns + " --offline", head + down, "", ""}, {columns + " --online", head + own + far, "", ""},
		{columns + " --online --offline --local -q", strings.SplitAfterN(head, "\n", 3)[2] + own, "", ""},
		{columns + " -p nowhere", head[:strings.Index(head, " v ...")] + " nowhere ...\n", "", ""},
		{"list_queues -p v name arguments --local --formatter json", "[\n{\"name\":\"c\",\"arguments\":[[\"x-max-length\",\"long\",5]]}\n]\n", "", ""},
		{"list_queues -p v slave_pids name --local -s", "\tc\n", "", ""},
		{"list_queues -p v name bogus", "", "Info key(s) bogus are not supported\n", fail.Usage},
		{"list_queues -p v name operator_policy", "", "Info key(s) operator_policy are not supported\n", fail.Usage},
	} {
		out, errs, err := distantly(t, n, strings.Fields(c.line)...)
		if !sameLines(out, c.out) || c.err == "" && errs != "" || !strings.Contains(errs, c.err) ||
			fail.KindOf(err) != c.kind {
			t.Errorf("%s: %q %q %v, want %q", c.line, out, errs, err, c.out)
		}
	}
	later := (&nodetest.Node{Calls: nodetest.Itself(nil)}).Start(t)
	if out, errs, err := distantly(t, later, "list_queues", "slave_pids"); out != "" || fail.KindOf(err) != fail.Usage ||
		!strings.Contains(errs, "Info key(s) slave_pids are not supported") {
		t.Errorf("%q %q %v", out, errs, err)
	}
	stopped := (&nodetest.Node{Calls: nodetest.Itself(map[string]string{"rabbit:is_running/0": "false"})}).Start(t)
	if out, errs, err := distantly(t, stopped, "list_queues"); out != "" || fail.KindOf(err) != fail.Usage ||
		!strings.Contains(errs, "Error: this command requires the 'rabbit' app to be running on the target node.") {
		t.Errorf("%q %q %v", out, errs, err)
	}
}

// sameLines compares lines in any order, because rows of several nodes come in no fixed order.
func sameLines(a, b string) bool {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}

// TestListQueues_apiDoesNotAnswer: if the API does not answer, the nodes are asked if there is a cookie. Without a
// cookie, the error is the one of the API.
func TestListQueues_apiDoesNotAnswer(t *testing.T) {
	t.Parallel()
	const closed = "RABBITCTL_URL=http://127.0.0.1:1"
	n := (&nodetest.Node{Calls: nodetest.Itself(nil)}).Start(t)
	out, errs, err := unnamed(t, append(n.Env(t), closed), "list_queues", "--local")
	if !strings.Contains(errs, "rabbit_amqqueue") || err == nil {
		t.Errorf("%q %q %v", out, errs, err)
	}
	asked := len(n.Asked())
	if asked == 0 {
		t.Error("the node was not asked")
	}
	out, errs, err = unnamed(t, []string{"RABBITCTL_NODE=rabbit", closed}, "list_queues")
	if out != "" || !strings.Contains(errs, "127.0.0.1:1") || err == nil || len(n.Asked()) > asked {
		t.Errorf("without a cookie: %q %q %v", out, errs, err)
	}
}

// TestListQueues_nodeCannotBeReached: if the node cannot be reached, the API is asked. Some columns exist only on
// nodes, so listing them fails.
func TestListQueues_nodeCannotBeReached(t *testing.T) {
	t.Parallel()
	n := (&nodetest.Node{Cookie: "another"}).Start(t)
	s := brokertest.New(t)
	s.JSON("GET /api/nodes?columns=name", 200, `[{"name":"rabbit@localhost"}]`)
	s.JSON("GET /api/queues/%2F?columns=name&disable_stats=true", 200, `[{"name":"q"}]`)
	env := []string{"RABBITCTL_ERLANG_COOKIE=secret", fmt.Sprintf("RABBITCTL_EPMD_PORT=%d", n.EpmdPort),
		"RABBITCTL_URL=" + s.URL}
	if out, errs, err := unnamed(t, env, "list_queues", "-n", "rabbit", "-q", "name"); out != "name\nq\n" || err != nil {
		t.Errorf("%q %q %v", out, errs, err)
	}
	for line, says := range map[string][]string{"-n rabbit name": {"127.0.0.1:1", "has another Erlang cookie",
		"broker's own cookie with RABBITCTL_ERLANG_COOKIE_FILE"},
		"-n rabbit slave_pids": {"has another Erlang cookie"}} {
		out, errs, err := unnamed(t, append(env, "RABBITCTL_URL=http://127.0.0.1:1"),
			append([]string{"list_queues"}, strings.Fields(line)...)...)
		for _, text := range says {
			if out != "" || err == nil || !strings.Contains(errs, text) {
				t.Errorf("%s: %q %q %v", line, out, errs, err)
			}
		}
	}
}

// unnamed runs rabbitmqctl with only the settings of these environment variables.
func unnamed(t *testing.T, env []string, words ...string) (out, errs string, err error) {
	t.Helper()
	streams, stdout, stderr := iostreams.Test("")
	a := app.New(streams, append([]string{brokertest.NoHome}, env...), "test")
	a.UseFlags(t.Context(), nil, true)
	err = personality.Run(t.Context(), a, among(queue.Commands()), "rabbitmqctl", words)
	return stdout.String(), stderr.String(), err
}
