package personality_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
)

// TestDistantReads compares output and exit codes with those of the tools of 3.10.8 and 4.3.6, recorded on real nodes.
func TestDistantReads(t *testing.T) {
	t.Parallel()
	calls := map[string]func(*nodetest.Call) erlang.Term{}
	set := func(name, text string) {
		value, err := erlang.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		calls[name] = func(*nodetest.Call) erlang.Term { return value }
	}
	for name, text := range map[string]string{
		"rabbit:is_running/0": "true", "rabbit_misc:version/0": `"3.10.8"`,
		"ssl:versions/0":                                 "[{available,['tlsv1.3','tlsv1.2']}]",
		"rabbit_ssl:cipher_suites_openssl/1":             `["AB","C"]`,
		"rabbit_ssl:cipher_suites_erlang/1":              `[{any,aes_256_gcm,aead,sha384},{dhe_rsa,aes_128_cbc,sha}]`,
		"rabbit_env:get_used_env_vars/0":                 `[{"RABBITMQ_Z","z"},{"RABBITMQ_A","a"}]`,
		"inet:get_rc/0":                                  `[{resolv_conf,"/etc/resolv.conf"},{hosts_file,"/etc/hosts"},{lookup,[native]}]`,
		"inet:gethostbyname/2":                           `{ok,{hostent,"h",[],inet,4,[{127,0,0,1}]}}`,
		"rabbit_peer_discovery:discover_cluster_nodes/0": "{ok,{[],disc}}",
		"rabbit_nodes_common:cookie_hash/0":              `"pzrUbodQVaEGbY588rwISA=="`,
		"rabbit_feature_flags:is_enabled/1":              "false",
		"rabbit_mnesia:schema_info/1":                    "[[{name,rabbit_queue},{cookie,{{1,-2,1},rabbit@a}},{active_replicas,[rabbit@a]},{user_properties,[]}]]",
		"rabbit_nodes:list_running/0":                    "[rabbit@localhost]",
		"rabbit:log_locations/0":                         `["/l/r_upgrade.log","/l/r.log"]`,
		"application:get_env/3":                          "none",
		"rabbit_log_tail:tail_n_lines/2":                 `[<<"one">>,<<"two">>]`,
	} {
		set(name, text)
	}
	emits := func(ref, to int, parts ...erlang.Term) func(*nodetest.Call) erlang.Term {
		return func(c *nodetest.Call) erlang.Term {
			for _, p := range parts {
				c.Send(c.Args[to], append(erlang.Tuple{c.Args[ref]}, p.(erlang.Tuple)...))
			}
			return erlang.Tuple{erlang.Atom("ok"), c.Args[ref]}
		}
	}
	end := erlang.Tuple{erlang.Binary(""), erlang.Atom("finished")}
	calls["rabbit_amqqueue:emit_unresponsive_local/5"] = emits(3, 4, erlang.Tuple{erlang.Atom("finished")})
	calls["rabbit_log_tail:init_tail_stream/4"] = emits(2, 1, erlang.Tuple{erlang.Binary("li"), erlang.Atom("confinue")},
		erlang.Tuple{erlang.Binary("ne\n"), erlang.Atom("confinue")}, end)
	event := erlang.List{erlang.Tuple{erlang.Atom("event"), erlang.Binary("queue.created")}}
	calls["rabbit_event_consumer:register/4"] = emits(1, 0, erlang.Tuple{event, erlang.Atom("confinue")}, end)
	calls["rabbit_diagnostics:maybe_stuck/0"] = func(c *nodetest.Call) erlang.Term {
		c.Print("There are 2 processes.\n")
		return erlang.Atom("ok")
	}
	n := (&nodetest.Node{Calls: calls}).Start(t)
	type line struct {
		line, out, err string
		kind           fail.Kind
	}
	try := func(all ...line) {
		t.Helper()
		for _, c := range all {
			out, errs, err := distantly(t, n, strings.Fields(c.line)...)
			if out != c.out || c.err == "" && errs != "" || !strings.Contains(errs, c.err) || fail.KindOf(err) != c.kind {
				t.Errorf("%s: %q %q %v, which is %s", c.line, out, errs, err, fail.KindOf(err))
			}
		}
	}
	const tls = "Listing all TLS versions supported by the runtime...\n"
	const upgrades = "reads the log of upgrades"
	try(line{"tls_versions", tls + "tlsv1.3\ntlsv1.2\n", "", ""},
		line{"tls_versions --formatter json", `{"versions":["tlsv1.3","tlsv1.2"]}` + "\n", "", ""},
		line{"cipher_suites", "Listing available cipher suites in OpenSSL format\nAB\nC\n", "", ""},
		line{"cipher_suites --formatter json", "[\n[65,66]\n,[67]\n]\n", "", ""},
		line{"cipher_suites -q --format erlang", "[\n{any,aes_256_gcm,aead,sha384}\n,{dhe_rsa,aes_128_cbc,sha}\n]\n", "", ""},
		line{"cipher_suites --format bogus", "", "Bad argument: Format should be either openssl, erlang or map\n", fail.Data},
		line{"os_env", "Listing RabbitMQ-specific environment variables defined on node rabbit@localhost...\nRABBITMQ_A=a\nRABBITMQ_Z=z\n", "", ""},
		line{"os_env --formatter json", `{"node":"rabbit@localhost","result":"ok","variables":{"RABBITMQ_A":"a","RABBITMQ_Z":"z"}}` + "\n", "", ""},
		line{"resolve_hostname h", "Asking node rabbit@localhost to resolve hostname h to IPv4 addresses...\n127.0.0.1\n", "", ""},
		line{"resolve_hostname h --address-family x", "", "unsupported IP address family x. Valid values are: ipv4, ipv6\n", fail.Data},
		line{"resolve_hostname h --formatter json", `{"address_family":"IPv4","addresses":["127.0.0.1"],"hostname":"h","node":"rabbit@localhost","result":"ok"}` + "\n", "", ""},
		line{"resolver_info -q", "\x1b[1mRuntime Hostname Resolver (inetrc) Settings\x1b[0m\n\nLookup order: native\nHosts file: /etc/hosts\n" +
			"Resolver conf file: /etc/resolv.conf\nCache size: \n\n\x1b[1minetrc File Host Entries\x1b[0m\n\n(none)\n", "", ""},
		line{"discover_peers", "Discovering peers nodes ...\nNo peers discovered\n", "", ""},
		line{"discover_peers --formatter json", `{"message":"No peers discovered"}` + "\n", "", ""},
		line{"erlang_cookie_hash", "Asking node rabbit@localhost its Erlang cookie hash...\npzrUbodQVaEGbY588rwISA==\n", "", ""},
		line{"metadata_store_status --formatter json", "[\n{\"Metadata Store\":\"mnesia\"}\n]\n", "", ""},
		line{"maybe_stuck", "Asking node rabbit@localhost to detect potentially stuck Erlang processes...\nThere are 2 processes.\n", "", ""},
		line{"list_unresponsive_queues", "Listing unresponsive queues for vhost / ...\n", "", ""},
		line{"list_unresponsive_queues name bogus", "", "Info key(s) bogus are not supported\n", fail.Usage},
		line{"list_unresponsive_queues --formatter json", "[\n]\n", "", ""},
		line{"schema_info", "Asking node rabbit@localhost to report its schema...\nname\tcookie\tactive_replicas\tuser_properties\n" +
			"rabbit_queue\t{{1,-2,1}, rabbit@a}\t[rabbit@a]\t[]\n", "", ""},
		line{"log_tail -N 2", "Last 2 log lines on node rabbit@localhost ...\none\ntwo\n", upgrades, ""},
		line{"log_tail --formatter json", "[\n{\"message\":\"one\"}\n,{\"message\":\"two\"}\n]\n", upgrades, ""},
		line{"log_tail_stream -d 2", "Streaming logs from node rabbit@localhost for 2 seconds ...\nline\n", upgrades, ""},
		line{"consume_event_stream", "{\"event\":\"queue.created\"}\n\n", "", ""},
	)
	set("rabbit_misc:version/0", `"4.3.6"`)
	set("inet:gethostbyname/2", "{error,nxdomain}")
	set("rabbit_peer_discovery:discover_cluster_nodes/0", "{ok,{[rabbit@a],disc}}")
	set("rabbit_feature_flags:is_enabled/1", "true")
	set("rabbit_khepri:status/0", "[[{<<\"Node Name\">>,rabbit@a},{<<\"Term\">>,1}]]")
	try(line{"tls_versions", tls + "tlsv1.3tlsv1.2\n", "", ""},
		line{"cipher_suites --formatter json", "[\n\"AB\"\n,\"C\"\n]\n", "", ""},
		line{"resolve_hostname h", "Asking node rabbit@localhost to resolve hostname h to IPv4 addresses...\n",
			"Error:\nHostname does not resolve (resolution failed with an nxdomain)\n", fail.Data},
		line{"discover_peers -q", "[:rabbit@a]\n", "", ""},
		line{"metadata_store_status --formatter json", "[\n{\"Node Name\":\"rabbit@a\",\"Term\":1}\n]\n", "", ""},
	)
	set("rabbit:is_running/0", "false")
	for _, name := range []string{"tls_versions", "os_env", "discover_peers", "metadata_store_status", "maybe_stuck",
		"list_unresponsive_queues"} {
		try(line{name, "", "Error: this command requires the 'rabbit' app to be running on the target node.", fail.Usage})
	}
}
