package node_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/golden"
	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
)

// certificate returns a self-signed certificate in PEM.
func certificate(t *testing.T, name string) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: name}, NotBefore: time.Unix(0, 0),
		NotAfter: time.UnixMilli(4000000000000), DNSNames: []string{"mq.example"}, IPAddresses: []net.IP{{127, 0, 0, 1}}}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// TestCertificates: the node reads the certificate files. A file that it cannot read has a row that says so.
func TestCertificates(t *testing.T) {
	t.Parallel()
	calls := nodetest.Says(map[string]string{"rabbit:is_running/0": "true", "rabbit_networking:active_listeners/0": `[` +
		`{listener,rabbit@localhost,amqp,"h",{0,0,0,0},5672,[]},` +
		`{listener,rabbit@localhost,'amqp/ssl',"h",{0,0,0,0,0,0,0,0},5671,[{certfile,"/c.pem"},{cacertfile,"/no.pem"}]},` +
		`{listener,other@localhost,'amqp/ssl',"h",{0,0,0,0},5671,[{certfile,"/other.pem"}]},` +
		`{listener,rabbit@localhost,https,"h",{127,0,0,1},15671,[{ssl_opts,[{certfile,"/key.pem"}]}]}]`})
	chain := certificate(t, "mq") + certificate(t, "authority")
	calls["file:read_file/1"] = func(c *nodetest.Call) erlang.Term {
		switch c.Args[0] {
		case erlang.String("/c.pem"):
			return erlang.Tuple{erlang.Atom("ok"), erlang.Binary(chain)}
		case erlang.String("/key.pem"):
			return erlang.Tuple{erlang.Atom("ok"), erlang.Binary("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")}
		case erlang.String("/no.pem"):
			return erlang.Tuple{erlang.Atom("error"), erlang.Atom("enoent")}
		}
		t.Errorf("read %v", c.Args[0])
		return nil
	}
	n := (&nodetest.Node{Calls: calls}).Start(t)
	heard(t, n,
		said{"certificates interface port role subject serial names valid_until problem --no-table-headers",
			"[::]\t5671\tcertfile\tCN=mq\t7\tmq.example, 127.0.0.1\t4000000000000\t\n" +
				"[::]\t5671\tcertfile\tCN=authority\t7\tmq.example, 127.0.0.1\t4000000000000\t\n" +
				"[::]\t5671\tcacertfile\t\t\t\t\tthe node cannot read the file: enoent\n" +
				"127.0.0.1\t15671\tcertfile\t\t\t\t\tthe file has a block that is not a certificate\n", "", ""},
		said{"certificates pem --limit 1 --no-table-headers -o json", strings.ReplaceAll(chain, "\n", `\n`), "", ""})
	calls["rabbit_networking:active_listeners/0"] = nodetest.Says(map[string]string{"x": "[]"})["x"]
	heard(t, n, said{"certificates protocol", "protocol\n", "no listener of the node has a certificate", ""})
	calls["rabbit:is_running/0"] = nodetest.Says(map[string]string{"x": "false"})["x"]
	heard(t, n, said{"certificates", "", "node rabbit@localhost", fail.Unavailable})
}

func machine() map[string]string {
	return map[string]string{"rabbit:is_running/0": "true",
		"rabbit_net:getifaddrs/0": `#{"lo" => [{flags,<<"up, loopback">>},{addr,<<"127.0.0.1">>},{netmask,<<"255.0.0.0">>},` +
			`{addr,<<"::1">>},{netmask,<<"ffff::">>},{hwaddr,<<"0:0">>}],"eth0" => [{flags,<<"broadcast">>}]}`,
		"init:get_arguments/0": `[{root,["/usr/lib/erlang"]},{pa,[[]]},{noshell,[]},{kernel,["a","b"]}]`,
		"rabbit_runtime:msacc_stats/1": `[#{'$type' => msacc_data,type => scheduler,id => 1,` +
			`counters => #{emulator => 250000,port => 0,aux => 0,check_io => 0,gc => 0,other => 0,sleep => 750000}}]`,
		"rabbit_channel_interceptor:list/0": `[[{name,one},{applies_to,['basic.get','queue.bind']},{priority,3}]]`,
		"rabbit_trust_store:list_certificates/0": `[#{name => <<"a.pem">>,serial => <<"0x1">>,subject => <<"CN=a">>,` +
			`issuer => <<"CN=b">>,validity => <<"long">>}]`,
		"rabbit_trust_store:refresh/0":                         "ok",
		"rabbit_auth_backend_cache:clear_cache_cluster_wide/0": "[ok,ok]",
		"rabbit_nodes:list_running/0":                          "[r@a,r@b,r@c]",
	}
}

// cachedOn returns a function that answers rpc:call/5 with the applications of a node. The plugin that caches logins is
// among them only if the node is one of nodes.
func cachedOn(nodes ...string) func(*nodetest.Call) erlang.Term {
	return func(c *nodetest.Call) erlang.Term {
		apps := erlang.List{erlang.Tuple{erlang.Atom("rabbit"), erlang.String("RabbitMQ"), erlang.String("4.3.6")}}
		if slices.Contains(nodes, erlang.Cell(c.Args[0])) {
			apps = append(apps, erlang.Tuple{erlang.Atom("rabbitmq_auth_backend_cache"), erlang.String(""), erlang.String("")})
		}
		return apps
	}
}

// TestClearAuthCache: a node of 4.3.6 answers [] if the plugin is off, and does not list nodes that failed. So
// rabbitctl first asks on which nodes the plugin runs.
func TestClearAuthCache(t *testing.T) {
	t.Parallel()
	calls := nodetest.Says(machine())
	const command = "clear_auth_backend_cache"
	calls["rpc:call/5"] = cachedOn()
	n := (&nodetest.Node{Calls: calls}).Start(t)
	heard(t, n, said{command, "", "rabbitmq_auth_backend_cache runs on no node of the cluster, so no logins are cached",
		fail.Unavailable})
	if slices.Contains(n.Asked(), "rabbit_auth_backend_cache:clear_cache_cluster_wide/0") {
		t.Errorf("asked %q", n.Asked())
	}
	calls["rpc:call/5"] = cachedOn("r@a", "r@c")
	heard(t, n, said{command + " --dry-run", "node\nr@a\nr@c\n", "would clear the cached logins on all nodes with the plugin rabbitmq_auth_backend_cache, through rabbit@localhost", ""},
		said{command, "cleared\n", "", ""})
	calls["rpc:call/5"] = cachedOn("r@a", "r@b", "r@c")
	heard(t, n, said{command, "incomplete\n",
		"the cached logins were cleared on only 2 nodes, but 3 run the plugin: r@a, r@b, r@c", fail.Incomplete})
	calls["rpc:call/5"] = nodetest.Says(map[string]string{"x": "{badrpc,nodedown}"})["x"]
	heard(t, n, said{command, "", "it is not known whether rabbitmq_auth_backend_cache runs on node r@a",
		fail.Unavailable})
}

func TestMachine(t *testing.T) {
	t.Parallel()
	n := (&nodetest.Node{Calls: nodetest.Says(machine())}).Start(t)
	heard(t, n,
		said{"list_network_interfaces --no-table-headers", "eth0\t\t\t\t\tbroadcast\nlo\t127.0.0.1\t255.0.0.0\t\t0:0\tup, loopback\n" +
			"lo\t::1\tffff::\t\t0:0\tup, loopback\n", "", ""},
		said{"command_line_arguments", "flag\tvalues\nroot\t/usr/lib/erlang\npa\t\nnoshell\t\nkernel\ta b\n", "", ""},
		said{"runtime_thread_stats type id emulator sleep", "scheduler\t1\t0.25\t0.75\n", "", ""},
		said{"runtime_thread_stats --sample-interval 1us", "", "below a millisecond", fail.Usage},
		said{"list_channel_interceptors", "one\tbasic.get, queue.bind\t3\n", "", ""},
		said{"list_trust_store_certificates name validity", "a.pem\tlong\n", "", ""},
		said{"refresh_trust_store", "refreshed\n", "", ""})
}

// TestPlugins_off: the error for a plugin that does not run differs from the error for a release that is too old.
func TestPlugins_off(t *testing.T) {
	t.Parallel()
	calls := nodetest.Says(map[string]string{"code:ensure_loaded/1": "{error,nofile}", "rabbit:is_running/0": "true",
		"rabbit_trust_store:refresh/0": "{badrpc,{'EXIT',{noproc,{gen_server,call,[trust_store]}}}}"})
	n := (&nodetest.Node{Calls: calls}).Start(t)
	heard(t, n,
		said{"list_trust_store_certificates", "", "the node has no plugin rabbitmq_trust_store, or it is not enabled", fail.Unavailable},
		said{"refresh_trust_store", "", "the plugin rabbitmq_trust_store does not run on the node", fail.Unavailable},
		said{"list_channel_interceptors", "", "that needs 4.3.6 or later", fail.Unavailable})
	calls["code:ensure_loaded/1"] = nodetest.Says(map[string]string{"x": "{module,m}"})["x"]
	calls["rabbit_nodes:list_running/0"] = nodetest.Says(map[string]string{"x": "[r@a]"})["x"]
	calls["rpc:call/5"] = cachedOn("r@a")
	heard(t, n,
		said{"clear_auth_backend_cache", "", "the node's release is too old: this command needs 4.0.7 or later",
			fail.Unavailable},
		said{"list_trust_store_certificates", "", "needs 4.2.6 or later", fail.Unavailable})
}

func TestInterceptorPriorities(t *testing.T) {
	t.Parallel()
	calls := nodetest.Says(machine())
	priority := "3"
	calls["rabbit_channel_interceptor:list/0"] = func(c *nodetest.Call) erlang.Term {
		return nodetest.Says(map[string]string{"x": "[[{name,one},{applies_to,[]},{priority," + priority + "}]]"})["x"](c)
	}
	calls["rabbit_channel_interceptor:set_priorities/1"] = func(c *nodetest.Call) erlang.Term {
		priority = string(c.Args[0].(erlang.List)[0].(erlang.Tuple)[1].(erlang.Number))
		return erlang.Atom("ok")
	}
	n := (&nodetest.Node{Calls: calls}).Start(t)
	const command = "set_channel_interceptor_priorities"
	heard(t, n,
		said{command + " one +3", "unchanged\n", "", ""},
		said{command + " one 5 --dry-run", "one\t3\t5\n", "would set the priorities of channel interceptors: one 5", ""},
		said{command + " one 3", "unchanged\n", "", ""},
		said{command + " one 5", "changed\n", "until the node restarts", ""}, said{command + " one 5", "unchanged\n", "", ""},
		said{command + " on 5", "", "the node has no channel interceptor \"on\"", fail.NotFound},
		said{command + " one", "", "followed by its PRIORITY", fail.Usage},
		said{command + " one x", "", `"x" is not a whole number`, fail.Usage})
	calls["rabbit_channel_interceptor:set_priorities/1"] = nodetest.Says(map[string]string{"x": "ok"})["x"]
	heard(t, n, said{command + " one 9", "", "answered ok, but has other priorities than those given", fail.Unavailable})
}

func TestSourceTracking(t *testing.T) {
	t.Parallel()
	calls := nodetest.Says(machine())
	state := erlang.Term(erlang.Atom("false"))
	calls["application:get_env/3"] = func(*nodetest.Call) erlang.Term { return state }
	calls["application:set_env/3"] = func(c *nodetest.Call) erlang.Term {
		if c.Args[1] != erlang.Atom("track_auth_attempt_source") {
			t.Errorf("set %v", c.Args)
		}
		state = c.Args[2]
		return erlang.Atom("ok")
	}
	n := (&nodetest.Node{Calls: calls}).Start(t)
	heard(t, n, said{"disable_auth_attempt_source_tracking", "unchanged\n", "", ""},
		said{"enable_auth_attempt_source_tracking --dry-run", "", "would count login attempts by user and address", ""},
		said{"enable_auth_attempt_source_tracking", "enabled\n", "until the node restarts", ""},
		said{"enable_auth_attempt_source_tracking", "unchanged\n", "", ""},
		said{"disable_auth_attempt_source_tracking", "disabled\n", "", ""})
}

// TestSigningKey: the key is read from a file, and is never shown.
func TestSigningKey(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	jwk, other, odd := file("k.json", `{"kty":"oct","k":"hidden"}`), file("o.json", `{"kty":"oct","k":"hidden2"}`),
		file("odd.json", `{"k":"hidden"}`)
	pemFile := file("k.pem", certificate(t, "key"))
	calls := nodetest.Says(machine())
	var keys erlang.Map
	calls["application:get_env/3"] = func(*nodetest.Call) erlang.Term {
		return erlang.List{erlang.Tuple{erlang.Atom("jwks"), keys}}
	}
	calls["uaa_jwt:add_signing_key/3"] = func(c *nodetest.Call) erlang.Term {
		keys = erlang.Map{{Key: c.Args[0], Value: erlang.Tuple{c.Args[1], c.Args[2]}}}
		return erlang.Tuple{erlang.Atom("ok"), keys}
	}
	n := (&nodetest.Node{Calls: calls}).Start(t)
	heard(t, n,
		said{"add_signing_key k", "", "either --json-file FILE or --pem-file FILE", fail.Usage},
		said{"add_signing_key k --json-file " + odd, "", "it has no member kty", fail.Data},
		said{"add_signing_key k --json-file " + pemFile, "", "it is not a JSON object", fail.Data},
		said{"add_signing_key k --pem-file " + jwk, "", "holds no key or certificate in PEM form", fail.Data},
		said{"add_signing_key k --json-file " + jwk + " --dry-run", "", "would accept tokens that are signed with key k", ""},
		said{"add_signing_key k --json-file " + jwk, "added\n", "add it to signing_keys in key_config of rabbitmq_auth_backend_oauth2", ""},
		said{"add_uaa_key k --json-file " + jwk, "unchanged\n", "", ""},
		said{"add_signing_key k --json-file " + other, "", "key k exists: once it is replaced", fail.Usage},
		said{"add_signing_key k --pem-file " + pemFile + " --yes", "added\n", "", ""},
		said{"add_signing_key k --pem-file " + pemFile, "unchanged\n", "", ""})
	calls["uaa_jwt:add_signing_key/3"] = nodetest.Says(map[string]string{"x": "{ok,[]}"})["x"]
	heard(t, n, said{"add_signing_key k --json-file " + jwk + " --yes", "",
		"the node answered ok, but its key k is not the given one",
		fail.Unavailable})
	calls["uaa_jwt:add_signing_key/3"] = nodetest.Says(map[string]string{"x": "{badrpc,{'EXIT',{hidden,[]}}}"})["x"]
	r := at(t, n, nil, "add_signing_key", "k", "--json-file", jwk, "--yes")
	if fail.KindOf(r.Error) != fail.Unavailable || strings.Contains(r.Error.Error(), "hidden") {
		t.Errorf("%+v", r)
	}
}

// TestObserver: observer lists the heaviest processes, and how much each one worked between two measurements.
func TestObserver(t *testing.T) {
	t.Parallel()
	pid := func(id uint32) erlang.Pid { return erlang.Pid{Node: "rabbit@localhost", ID: id, Creation: 7} }
	calls := nodetest.Says(map[string]string{"timer:sleep/1": "ok",
		"proc_lib:translate_initial_call/1": "{rabbit_channel,init,1}"})
	clock, looked := int64(0), map[uint32]int64{}
	calls["erlang:monotonic_time/1"] = func(*nodetest.Call) erlang.Term {
		clock += 500
		return erlang.Int(clock)
	}
	heaviest := erlang.List{}
	for id := uint32(1); id <= 3; id++ {
		heaviest = append(heaviest, erlang.Tuple{pid(id), erlang.Int(9), erlang.List{}})
	}
	calls["recon:proc_count/2"] = func(c *nodetest.Call) erlang.Term {
		if got := erlang.Text(erlang.List(c.Args)); got != "[memory,10]" && got != "[message_queue_len,3]" {
			t.Errorf("asked for %s", got)
		}
		return heaviest
	}
	calls["recon:proc_window/3"] = func(*nodetest.Call) erlang.Term { return heaviest }
	work := make(chan struct{}, 1)
	calls["erlang:process_info/2"] = func(c *nodetest.Call) erlang.Term {
		work <- struct{}{}
		defer func() { <-work }()
		id := c.Args[0].(erlang.Pid).ID
		looked[id] += int64(id) * 100
		name := erlang.Term(erlang.List{})
		switch id {
		case 1:
			name = erlang.Atom("rabbit_alarm")
		case 3:
			return erlang.Atom("undefined") // the process has ended
		}
		pair := func(key string, value erlang.Term) erlang.Term { return erlang.Tuple{erlang.Atom(key), value} }
		return erlang.List{pair("memory", erlang.Int(1000)), pair("reductions", erlang.Int(looked[id])),
			pair("message_queue_len", erlang.Int(4)), pair("registered_name", name),
			pair("current_function", erlang.Tuple{erlang.Atom("gen_server"), erlang.Atom("loop"), erlang.Int(7)})}
	}
	n := (&nodetest.Node{Calls: calls}).Start(t)
	first := "rabbit_alarm\t<0.1.0>\t1000\t200\t4\n"
	second := "rabbit_channel:init/1\t<0.2.0>\t1000\t400\t4\n"
	heard(t, n, said{"observer --no-table-headers", first + second, "", ""},
		said{"observer --by reductions --no-table-headers", second + first, "", ""},
		said{"observer --by queue --top 3 --no-table-headers", first + second, "", ""},
		said{"observer name function --limit 1 --no-table-headers", "rabbit_alarm\tgen_server:loop/7\n", "", ""},
		said{"observer --by queue --top 3 --match channel --no-table-headers", second,
			"looked only at the 3 heaviest processes of the node; --top (at most 1000) says how many\n", ""},
		said{"observer --by weight", "", `"weight" is none of memory, reductions and queue`, fail.Usage},
		said{"observer --top 0", "", "not a number from 1 to 1000", fail.Usage},
		said{"observer --sample-interval 1ms", "", "below 10ms", fail.Usage})
	for _, line := range []string{"observer --by queue --top 3", "observer --match channel"} {
		if r := at(t, n, nil, strings.Fields(line)...); r.Error != nil || r.Err != "" {
			t.Errorf("%s: %v, %s", line, r.Error, r.Err)
		}
	}
}

// TestEvalFile: rabbitctl reads the file on this machine, and sends nothing to the node if the file is empty.
func TestEvalFile(t *testing.T) {
	t.Parallel()
	calls := nodetest.Says(map[string]string{"erl_parse:parse_exprs/1": "{ok,[forms]}", "io_lib:format/2": `"done"`,
		"erl_eval:exprs/2": "{value,done,[]}"})
	calls["erl_scan:string/1"] = func(c *nodetest.Call) erlang.Term {
		if c.Args[0] != erlang.String("A = _1,\nA.") {
			t.Errorf("code %q", c.Args[0])
		}
		return erlang.Tuple{erlang.Atom("ok"), erlang.List{}, erlang.Int(1)}
	}
	n := (&nodetest.Node{Calls: calls}).Start(t)
	file := filepath.Join(t.TempDir(), "code.erl")
	if err := os.WriteFile(file, []byte("A = _1,\nA."), 0o600); err != nil {
		t.Fatal(err)
	}
	heard(t, n, said{"eval_file " + file + " x", "done\n", "gives all rights on the node", ""})
	asked := len(n.Asked())
	heard(t, n, said{"eval_file " + file + "x", "", "no such file", fail.Config},
		said{"eval_file " + os.DevNull, "", "is empty", fail.Data}, said{"eval_file", "", "FILE is missing", fail.Usage})
	if !slices.Equal(n.Asked()[asked:], []string{}) {
		t.Errorf("asked %q", n.Asked()[asked:])
	}
}

// TestMachine_goldens compares the output of each listing with its golden file.
func TestMachine_goldens(t *testing.T) {
	t.Parallel()
	values := machine()
	values["rabbit_networking:active_listeners/0"] = `[{listener,rabbit@localhost,'amqp/ssl',"h",{0,0,0,0},5671,` +
		`[{certfile,"/no.pem"}]}]`
	values["file:read_file/1"], values["recon:proc_count/2"], values["timer:sleep/1"] = "{error,eacces}", "[]", "ok"
	values["erlang:monotonic_time/1"] = "1"
	n := (&nodetest.Node{Calls: nodetest.Says(values)}).Start(t)
	for _, name := range []string{"certificates", "list_trust_store_certificates", "list_network_interfaces",
		"command_line_arguments", "runtime_thread_stats", "list_channel_interceptors", "observer"} {
		r := at(t, n, nil, name)
		golden.Check(t, "distant/"+name, "$ rabbitctl "+name+"\n"+r.Golden(brokertest.New(t)))
	}
}
