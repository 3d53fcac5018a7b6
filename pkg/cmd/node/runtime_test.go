package node_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/golden"
	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
)

// told returns the answers of a node to the calls of these tests, as nodes of 3.10 and 4.3 send them.
func told() map[string]string {
	return map[string]string{"rabbit:is_running/0": "true",
		"ssl:versions/0":                                 "[{ssl_app,\"11.7.8\"},{supported,['tlsv1.3']},{available,['tlsv1.3','tlsv1.2']}]",
		"rabbit_ssl:cipher_suites_openssl/1":             `["TLS_AES_256_GCM_SHA384","DHE-RSA-CHACHA20-POLY1305"]`,
		"rabbit_env:get_used_env_vars/0":                 `[{"RABBITMQ_Z","z"},{"RABBITMQ_A","a"}]`,
		"inet:get_rc/0":                                  `[{resolv_conf,"/etc/resolv.conf"},{lookup,[file,native]},{host,{127,0,0,1},["h","i"]}]`,
		"rabbit_peer_discovery:discover_cluster_nodes/0": "{ok,{[rabbit@a,rabbit@b],disc}}",
		"rabbit_nodes_common:cookie_hash/0":              `"pzrUbodQVaEGbY588rwISA=="`,
		"rabbit_feature_flags:is_enabled/1":              "true",
		"rabbit_khepri:status/0": `[[{<<"Node Name">>,rabbit@a},{<<"Raft State">>,leader},{<<"Membership">>,voter},` +
			`{<<"Last Log Index">>,59},{<<"Commit Index">>,58},{<<"Snapshot Index">>,-1},{<<"Term">>,2}]]`,
		"rabbit_mnesia:schema_info/1": "[[{name,rabbit_queue},{active_replicas,[rabbit@a]},{user_properties,[]}]]",
		"rabbit:log_locations/0":      `["/l/rabbit_upgrade.log","/l/rabbit.log","<stdout>"]`,
		"application:get_env/3":       "[{file,[{level,info}]}]",
		"rabbit_nodes:list_running/0": "[rabbit@localhost]",
	}
}

func TestRuntime(t *testing.T) {
	t.Parallel()
	calls := nodetest.Says(told())
	calls["inet:gethostbyname/2"] = func(c *nodetest.Call) erlang.Term {
		v, _ := erlang.Parse(`{error,nxdomain}`)
		switch erlang.Text(erlang.List(c.Args)) {
		case `["h",inet]`:
			v, _ = erlang.Parse(`{ok,{hostent,"h",[],inet,4,[{127,0,0,1},{127,0,0,2}]}}`)
		case `["h",inet6]`:
			v, _ = erlang.Parse(`{ok,{hostent,"h",[],inet6,16,[{0,0,0,0,0,0,0,1}]}}`)
		}
		return v
	}
	calls["rabbit_diagnostics:maybe_stuck/0"] = func(c *nodetest.Call) erlang.Term {
		c.Print("There are 453 processes.\n")
		return erlang.Atom("ok")
	}
	n := (&nodetest.Node{Calls: calls}).Start(t)
	heard(t, n,
		said{"tls_versions", "version\ntlsv1.3\ntlsv1.2\n", "", ""},
		said{"cipher_suites --match CHACHA", "name\nDHE-RSA-CHACHA20-POLY1305\n", "", ""},
		said{"os_env", "name\tvalue\nRABBITMQ_A\ta\nRABBITMQ_Z\tz\n", "", ""},
		said{"resolve_hostname h", "address\n127.0.0.1\n127.0.0.2\n", "", ""},
		said{"resolve_hostname h --address-family ipv6", "address\n::1\n", "", ""},
		said{"resolve_hostname h --address-family x", "", "neither ipv4 nor ipv6", fail.Usage},
		said{"resolve_hostname nowhere", "", "node rabbit@localhost finds no ipv4 address of host nowhere: nxdomain", fail.NotFound},
		said{"resolver_info", "resolv_conf\t/etc/resolv.conf\nlookup\tfile, native\n", "", ""},
		said{"discover_peers", "node\nrabbit@a\nrabbit@b\n", "", ""},
		said{"erlang_cookie_hash", "cookie_hash\tpzrUbodQVaEGbY588rwISA==\n", "", ""},
		said{"erlang_cookie_sources", "cookie_hash\tXr4ilOzQ4PCOq3aQ0qbuaQ==\n", "", ""},
		said{"metadata_store_status", "rabbit@a\tleader\tvoter\t59\t58\t-1\t2\n", "", ""},
		said{"maybe_stuck", "There are 453 processes.\n", "", ""},
		said{"maybe_stuck -o json", `{"line":"There are 453 processes."}` + "\n", "", ""},
		said{"maybe_stuck -o csv", "", "prints lines as they come, and has no output format \"csv\"", fail.Usage},
		said{"erlang_cookie_hash -o json", "{\n  \"transports\": [\n    \"erlang\"\n  ],\n", "", ""},
		said{"resolver_info -o json", "{\n  \"transports\": [\n    \"erlang\"\n  ],\n", "", ""},
		said{"schema_info", "rabbit_queue\t[rabbit@a]\t[]\n", "", ""},
	)
	calls["rabbit_feature_flags:is_enabled/1"] = nodetest.Says(map[string]string{"x": "false"})["x"]
	delete(calls, "rabbit_mnesia:schema_info/1")
	heard(t, n, said{"metadata_store_status -q", "node\traft_state", "", ""},
		said{"metadata_store_status", "", "the metadata are in Mnesia", ""},
		said{"schema_info", "", "keeps its metadata in Khepri", fail.Unavailable})
	calls["rabbit:is_running/0"] = nodetest.Says(map[string]string{"x": "false"})["x"]
	for _, line := range []string{"os_env", "discover_peers", "metadata_store_status", "maybe_stuck",
		"list_unresponsive_queues", "consume_event_stream"} {
		heard(t, n, said{line, "", "node rabbit@localhost", fail.Unavailable})
	}
}

// row sends a message with a row, or with the end of the rows. c.Args[ref] is the reference that begins the message,
// and c.Args[to] is the process that gets the message.
func row(c *nodetest.Call, ref, to int, parts ...string) {
	message := erlang.Tuple{c.Args[ref]}
	for _, p := range parts {
		v, err := erlang.Parse(p)
		if err != nil {
			panic(err)
		}
		message = append(message, v)
	}
	c.Send(c.Args[to], message)
}

func TestLogs(t *testing.T) {
	t.Parallel()
	calls := nodetest.Says(told())
	calls["rabbit_log_tail:tail_n_lines/2"] = func(c *nodetest.Call) erlang.Term {
		if got := erlang.Text(erlang.List(c.Args)); got != `["/l/rabbit.log",2]` {
			t.Errorf("arguments %s", got)
		}
		return erlang.List{erlang.Binary("one"), erlang.Binary("two é")}
	}
	calls["rabbit_log_tail:init_tail_stream/4"] = func(c *nodetest.Call) erlang.Term {
		if erlang.Text(c.Args[0]) != `"/l/rabbit.log"` || erlang.Text(c.Args[3]) != "2" {
			t.Errorf("arguments %s", erlang.Text(erlang.List(c.Args)))
		}
		row(c, 2, 1, `<<"on">>`, "confinue")
		row(c, 2, 1, `<<"e\n">>`, "confinue")
		row(c, 2, 1, "<<>>", "finished")
		return erlang.Tuple{erlang.Atom("ok"), c.Args[2]}
	}
	calls["rabbit_event_consumer:register/4"] = func(c *nodetest.Call) erlang.Term {
		if erlang.Text(erlang.List(c.Args[2:])) != `[infinity,<<"^queue">>]` {
			t.Errorf("arguments %s", erlang.Text(erlang.List(c.Args[2:])))
		}
		row(c, 1, 0, `[{event,<<"queue.created">>},{name,<<"q">>},{timestamp_in_ms,1}]`, "confinue")
		row(c, 1, 0, "<<>>", "finished")
		return erlang.Tuple{erlang.Atom("ok"), c.Args[1]}
	}
	n := (&nodetest.Node{Calls: calls}).Start(t)
	heard(t, n,
		said{"log_tail -N 2", "one\ntwo é\n", "", ""},
		said{"log_tail -N 2 -o json", `"line": "two é"`, "", ""},
		said{"log_tail -N 0", "", "--number: 0 is below 1", fail.Usage},
		said{"log_tail_stream --for 1500ms", "one\n", "", ""},
		said{"consume_event_stream --pattern ^queue",
			`{"event":"queue.created","name":"q","timestamp_in_ms":1}` + "\n", "", ""},
	)
	calls["rabbit_log_tail:init_tail_stream/4"] = func(c *nodetest.Call) erlang.Term {
		row(c, 2, 1, "{error,enoent}", "finished")
		return erlang.Tuple{erlang.Atom("ok"), c.Args[2]}
	}
	calls["rabbit_log_tail:tail_n_lines/2"] = term("{error,eacces}")
	heard(t, n, said{"log_tail_stream", "", "node rabbit@localhost cannot open its log /l/rabbit.log: there is no such file",
		fail.Unavailable},
		said{"log_tail", "",
			"node rabbit@localhost cannot open its log /l/rabbit.log: the node has no permission to read it", fail.Unavailable})
	calls["rabbit_log_tail:init_tail_stream/4"] = term("{error,emfile}")
	heard(t, n, said{"log_tail_stream", "", "fails: emfile", fail.Unavailable})
	calls["rabbit:log_locations/0"] = nodetest.Says(map[string]string{"x": `["<stdout>"]`})["x"]
	const elsewhere = "the node writes its log to no file, but to <stdout>"
	heard(t, n, said{"log_tail", "", elsewhere, fail.Unavailable},
		said{"log_tail_stream", "", elsewhere, fail.Unavailable})
	calls["rabbit:log_locations/0"] = nodetest.Says(map[string]string{"x": "[]"})["x"]
	heard(t, n, said{"log_tail", "", "no log files are configured on the node", fail.Unavailable})
}

// TestListUnresponsiveQueues: rabbitctl asks every node itself, because a node can send rows only to a client that is
// connected to it. The empty rows of queues that answered are skipped.
func TestListUnresponsiveQueues(t *testing.T) {
	t.Parallel()
	emit := func(name string) func(*nodetest.Call) erlang.Term {
		return func(c *nodetest.Call) erlang.Term {
			if got := erlang.Text(erlang.List(c.Args[:3])); got != `[<<"/v">>,[name,durable,auto_delete,pid],2000]` {
				t.Errorf("arguments %s", got)
			}
			row(c, 3, 4, "[]", "continue")
			row(c, 3, 4, `[{name,{resource,<<"/v">>,queue,<<"`+name+`">>}},{durable,true},{auto_delete,false},{pid,undefined}]`,
				"continue")
			row(c, 3, 4, "finished")
			return erlang.Atom("ok")
		}
	}
	calls := nodetest.Says(told())
	calls["rabbit_amqqueue:emit_unresponsive_local/5"] = emit("q1")
	n := (&nodetest.Node{Calls: calls}).Start(t)
	const line = "list_unresponsive_queues --queue-vhost /v --queue-timeout 2s"
	heard(t, n, said{line, "name\tdurable\tauto_delete\tpid\nq1\ttrue\tfalse\t\n", "", ""},
		said{line + " --local", "q1\ttrue\tfalse\t\n", "", ""})
	other := (&nodetest.Node{Name: "other@localhost", Calls: map[string]func(*nodetest.Call) erlang.Term{
		"rabbit_amqqueue:emit_unresponsive_local/5": emit("q2")}}).Start(t)
	n.Knows(other)
	calls["rabbit_nodes:list_running/0"] = nodetest.Says(map[string]string{"x": "[rabbit@localhost,other@localhost]"})["x"]
	r := at(t, n, nil, strings.Fields(line)...)
	if !strings.Contains(r.Out, "q1\t") || !strings.Contains(r.Out, "q2\t") || r.Error != nil {
		t.Errorf("%+v", r)
	}
	other.Close()
	// Another program may use the port of the closed node by now, so the test does not check the reason.
	heard(t, n, said{line, "", "node other@localhost ", fail.Unreachable})
}

// TestReads_goldens compares the output of each listing with its golden file.
func TestReads_goldens(t *testing.T) {
	t.Parallel()
	calls := nodetest.Says(told())
	maps.Copy(calls, nodetest.Says(map[string]string{
		"inet:gethostbyname/2": `{ok,{hostent,"h",[],inet,4,[{127,0,0,1}]}}`}))
	calls["rabbit_amqqueue:emit_unresponsive_local/5"] = func(c *nodetest.Call) erlang.Term {
		row(c, 3, 4, `[{name,{resource,<<"/">>,queue,<<"q">>}},{durable,true},{auto_delete,false},{pid,''}]`, "continue")
		row(c, 3, 4, "finished")
		return erlang.Atom("ok")
	}
	n := (&nodetest.Node{Calls: calls}).Start(t)
	for _, line := range []string{"tls_versions", "cipher_suites", "os_env", "resolve_hostname h", "discover_peers",
		"metadata_store_status", "list_unresponsive_queues", "schema_info"} {
		name, _, _ := strings.Cut(line, " ")
		r := at(t, n, nil, strings.Fields(line)...)
		golden.Check(t, "distant/"+name, "$ rabbitctl "+line+"\n"+r.Golden(brokertest.New(t)))
	}
}
