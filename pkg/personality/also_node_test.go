package personality_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/channel"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/connection"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/consumer"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
	"github.com/rabbitctl/rabbitctl/pkg/personality"
)

// withBoth runs an official tool that has the address of the API and the Erlang cookie of the node.
func withBoth(t *testing.T, s *brokertest.Server, n *nodetest.Node, stdin, line string) (out, errs string, err error) {
	t.Helper()
	streams, stdout, stderr := iostreams.Test(stdin)
	a := app.New(streams, append(n.Env(t), brokertest.NoHome, "RABBITCTL_URL="+s.URL,
		fmt.Sprintf("RABBITCTL_EPMD_PORT=%d", n.EpmdPort)), "test")
	a.UseFlags(t.Context(), nil, true)
	commands := append(connection.Commands(), append(channel.Commands(), consumer.Commands()...)...)
	words := strings.Fields(line)
	err = personality.Run(t.Context(), a, among(commands), words[0], words[1:])
	return stdout.String(), stderr.String(), err
}

// of310Local and of43Local are what the API reports about the fake node: its name and its releases.
const (
	of310Local = `{"node":"rabbit@localhost","rabbitmq_version":"3.10.8","erlang_version":"25.2"}`
	of43Local  = `{"node":"rabbit@localhost","rabbitmq_version":"4.3.6","erlang_version":"29.1"}`
)

// TestWhatOnlyTheNodeTells: rabbitctl asks the node itself for data that the API does not have. The answers were
// recorded from 3.10 and 4.3.
func TestWhatOnlyTheNodeTells(t *testing.T) {
	t.Parallel()
	const stream = `[[{role,writer},{node,rabbit@localhost},{offset,2},{committed_offset,2},{first_offset,0},{readers,0},` +
		`{segments,1}]]`
	n := (&nodetest.Node{Calls: nodetest.Itself(map[string]string{
		"rabbit_quorum_queue:status/2": `[[{<<"Node Name">>,rabbit@localhost},{<<"Raft State">>,leader},{<<"Log Index">>,2}]]`,
		"rabbit_stream_queue:status/2": stream, "rabbit_stream_queue:tracking_status/2": "[]",
		"rabbit:environment/0":       `[{rabbit,[{tcp_listeners,[{"127.0.0.1",5672}]}]}]`,
		"io_lib:format/2":            `"[{rabbit,[]}]"`,
		"rabbit_misc:version/0":      `"3.10.8"`,
		"rabbit_health_check:node/2": "ok",
		"rabbit_amqqueue:rebalance/3": `{ok,[[{<<"Node name">>,rabbit@localhost},{<<"Number of quorum queues">>,1},` +
			`{<<"Number of replicated classic queues">>,0}]]}`,
	})}).Start(t)
	s := brokertest.New(t)
	s.Always(whoAnswers, 200, of310Local)
	s.Always("GET /api/queues/%2F/q", 200, `{"name":"q","vhost":"/","type":"quorum"}`)
	s.Always("GET /api/queues/%2F/s", 200, `{"name":"s","vhost":"/","type":"stream"}`)
	for _, path := range []string{"queues/quorum/%2F/q/status", "stream/%2F/s/tracking"} {
		s.Always("GET /api/"+path, 400, `{"error":"bad_request","reason":"bad_request"}`)
	}
	s.Always("GET /api/config/effective", 404, `{"error":"Object Not Found","reason":"Not Found"}`)
	for _, c := range []struct{ line, out string }{
		{"rabbitmq-queues quorum_status q -q --formatter json",
			`[` + "\n" + `{"Node Name":"rabbit@localhost","Raft State":"leader","Log Index":2}` + "\n]\n"},
		{"rabbitmq-streams stream_status s -q --formatter json",
			"[\n" + `{"role":"writer","node":"rabbit@localhost","offset":2,"committed_offset":2,"first_offset":0,"readers":0,` +
				`"segments":1}` + "\n]\n"},
		{"rabbitmq-streams stream_status s -q --tracking --formatter json", "[]\n"},
		{"rabbitmqctl environment -q", "[{rabbit,[]}]\n"},
		{"rabbitmqctl environment --formatter json", `{"rabbit":{"tcp_listeners":[["127.0.0.1",5672]]}}` + "\n"},
		{"rabbitmqctl node_health_check -q", "Health check passed\n"},
		{"rabbitmq-queues rebalance quorum -q --formatter json",
			"[\n" + `{"Node name":"rabbit@localhost","Number of quorum queues":1,"Number of replicated classic queues":0}` + "\n]\n"},
		{"rabbitmq-upgrade post_upgrade",
			"Executing post upgrade tasks...\nRebalancing queue masters...\n" + `[{"Node name", :rabbit@localhost}, ` +
				`{"Number of quorum queues", 1}, {"Number of replicated classic queues", 0}]` + "\n"},
	} {
		if out, errs, err := withBoth(t, s, n, "", c.line); out != c.out || errs != "" || err != nil {
			t.Errorf("%s: %q %q %v, want %q", c.line, out, errs, err, c.out)
		}
	}
	if out, errs, err := withBoth(t, s, n, "", "rabbitmq-queues rebalance stream"); out != "" ||
		!strings.Contains(errs, "type stream is not supported. Try one of all, classic, quorum.") ||
		fail.KindOf(err) != fail.Unavailable {
		t.Errorf("%q %q %v", out, errs, err)
	}
}

// TestUnhealthyNode: the health check of 3.10 fails if the node has an alarm.
func TestUnhealthyNode(t *testing.T) {
	t.Parallel()
	n := (&nodetest.Node{Calls: nodetest.Itself(map[string]string{
		"rabbit_health_check:node/2": `{error_string,"resource alarm(s) in effect:[disk]"}`})}).Start(t)
	s := brokertest.New(t)
	s.Always(whoAnswers, 200, of310Local)
	if out, errs, err := withBoth(t, s, n, "", "rabbitmqctl node_health_check -q"); out != "" ||
		!strings.Contains(errs, "resource alarm(s) in effect:[disk]") || fail.KindOf(err) != fail.Unavailable {
		t.Errorf("%q %q %v", out, errs, err)
	}
}

// TestProcessIdentifiers: if process identifiers are among the columns, connections, channels and consumers are listed
// by the nodes, not by the API.
func TestProcessIdentifiers(t *testing.T) {
	t.Parallel()
	pid := erlang.Pid{Node: "rabbit@localhost", ID: 7, Serial: 0, Creation: 3}
	pair := func(name string, value erlang.Term) erlang.Term { return erlang.Tuple{erlang.Atom(name), value} }
	emits := func(row erlang.Term) func(*nodetest.Call) erlang.Term {
		return func(c *nodetest.Call) erlang.Term {
			c.Send(c.Args[2], erlang.Tuple{c.Args[1], row, erlang.Atom("continue")})
			c.Send(c.Args[2], erlang.Tuple{c.Args[1], erlang.Atom("finished")})
			return erlang.Atom("ok")
		}
	}
	calls := nodetest.Itself(map[string]string{"rabbit_nodes:list_running/0": "[rabbit@localhost]"})
	calls["rabbit_networking:emit_connection_info_local/3"] = emits(erlang.List{pair("pid", pid),
		pair("peer_host", erlang.Tuple{erlang.Int(127), erlang.Int(0), erlang.Int(0), erlang.Int(1)}),
		pair("protocol", erlang.Tuple{erlang.Int(0), erlang.Int(9), erlang.Int(1)})})
	calls["rabbit_channel:emit_info_local/3"] = emits(erlang.List{pair("pid", pid), pair("user", erlang.Binary("u")),
		pair("consumer_count", erlang.Int(1)), pair("messages_unacknowledged", erlang.Int(0))})
	calls["rabbit_amqqueue:emit_consumers_local/3"] = emits(erlang.List{erlang.List{
		pair("queue_name", erlang.Tuple{erlang.Atom("resource"), erlang.Binary("/"), erlang.Atom("queue"),
			erlang.Binary("q")}),
		pair("channel_pid", pid), pair("consumer_tag", erlang.Binary("t")), pair("ack_required", erlang.Atom("true")),
		pair("prefetch_count", erlang.Int(0)), pair("active", erlang.Atom("true")), pair("arguments", erlang.List{})}})
	n := (&nodetest.Node{Calls: calls}).Start(t)
	s := brokertest.New(t)
	const shown = "<rabbit@localhost.3.7.0>"
	for _, c := range []struct{ line, out string }{
		{"list_connections -s pid peer_host protocol", shown + "\t127.0.0.1\t{0,9,1}\n"},
		{"list_channels -s", shown + "\tu\t1\t0\n"},
		{"list_consumers -s", "q\t" + shown + "\tt\ttrue\t0\ttrue\t[]\n"},
	} {
		if out, errs, err := withBoth(t, s, n, "", "rabbitmqctl "+c.line); out != c.out || errs != "" || err != nil {
			t.Errorf("%s: %q %q %v, want %q", c.line, out, errs, err, c.out)
		}
	}
}

// TestSetUnknownPlugins: if a plugin is not installed, set refuses before the node writes its file of enabled plugins.
// That file would have only the plugins of the command line, so all others would be stopped.
func TestSetUnknownPlugins(t *testing.T) {
	t.Parallel()
	p := &nodetest.Plugins{Enabled: []string{"rabbitmq_management"}}
	n := (&nodetest.Node{Calls: p.Calls()}).Start(t)
	out, errs, err := distantlyBy(t, n, "rabbitmq-plugins", "set", "nonesuch", "rabbitmq_management")
	if !strings.Contains(errs, "The following plugins were not found: nonesuch\n") || fail.KindOf(err) != fail.Data ||
		strings.Contains(out, "Applying") {
		t.Errorf("%q %q %v", out, errs, err)
	}
	for _, call := range n.Asked() {
		if strings.Contains(call, "write_term_file") || strings.Contains(call, "ensure") {
			t.Errorf("the node was told %s", call)
		}
	}
}

// TestTypedByNobody: a command fails with an error if something is missing, such as an argument, a password on stdin,
// or the process to wait for.
func TestTypedByNobody(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	n := (&nodetest.Node{Calls: nodetest.Itself(map[string]string{"os:getpid/0": `"1234"`,
		"rabbit_misc:is_os_process_alive/1": "false"})}).Start(t)
	for _, c := range []struct {
		line, stdin, out, err string
		kind                  fail.Kind
	}{
		{"rabbitmqctl exec", "", "", "not enough arguments.", fail.Usage},
		{"rabbitmqctl hash_password", "", "Will hash provided password\nPassword: \n", "not_enough_args", fail.Unavailable},
		{"rabbitmqctl wait --pid 99", "", "Waiting for erlang distribution on node 'rabbit@localhost' while OS process '99' " +
			"is running\n", "process_not_running", fail.Unavailable},
	} {
		out, errs, err := withBoth(t, s, n, c.stdin, c.line)
		if out != c.out || !strings.Contains(errs, c.err) || fail.KindOf(err) != c.kind {
			t.Errorf("%s: %q %q %v", c.line, out, errs, err)
		}
	}
	out, errs, err := withBoth(t, s, n, "abc\n", "rabbitmqctl hash_password")
	if rest, ok := strings.CutPrefix(out, "Will hash provided password\nPassword: \n"); !ok || len(rest) < 40 ||
		errs != "" || err != nil {
		t.Errorf("%q %q %v", out, errs, err)
	}
}
