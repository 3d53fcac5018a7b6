package personality_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
)

// TestDistantMachine compares output and exit codes with those of the tools of 3.10.8 and 4.3.6, recorded on real
// nodes.
func TestDistantMachine(t *testing.T) {
	t.Parallel()
	values := map[string]string{"rabbit:is_running/0": "true", "rabbit_misc:version/0": `"4.3.6"`,
		"rabbit_networking:active_listeners/0": `[{listener,rabbit@localhost,'amqp/ssl',"h",{127,0,0,1},5671,` +
			`[{cacertfile,"/ca"},{certfile,"/c"}]},` +
			`{listener,rabbit@localhost,https,"h",{0,0,0,0},15671,[{ssl_opts,[{certfile,"/c"}]}]}]`, "file:read_file/1": `{ok,<<"pem">>}`,
		"rabbit_net:getifaddrs/0": `#{"lo" => [{flags,<<"up">>},{addr,<<"127.0.0.1">>},{netmask,<<"255.0.0.0">>},` +
			`{addr,<<"::1">>}]}`,
		"init:get_arguments/0": `[{root,["/usr/lib/erlang"]},{noshell,[]}]`,
		"rabbit_runtime:msacc_stats/1": `[#{'$type' => msacc_data,type => scheduler,id => 1,` +
			`counters => #{emulator => 250000,port => 0,aux => 0,check_io => 0,gc => 0,other => 0,sleep => 750000}},` +
			`#{'$type' => msacc_data,type => dirty_cpu_scheduler,id => 10,` +
			`counters => #{emulator => 0,port => 0,aux => 0,check_io => 0,gc => 0,other => 0,sleep => 1000000}}]`,
		"rabbit_exchange_type_consistent_hash:ring_state/2": `{ok,{chx_hash_ring,{resource,<<"/">>,exchange,<<"x">>},` +
			`#{0 => {resource,<<"/">>,queue,<<"q">>},10 => {resource,<<"/">>,queue,<<"r">>},2 => {resource,<<"/">>,queue,<<"q">>}},3}}`,
		"rabbit_channel_interceptor:list/0":                    `[[{name,one},{applies_to,['basic.get','queue.bind']},{priority,3}]]`,
		"rabbit_channel_interceptor:set_priorities/1":          `{error,"cannot set"}`,
		"rabbit_trust_store:list_certificates/0":               "[]",
		"rabbit_trust_store:refresh/0":                         "ok",
		"rabbit_auth_backend_cache:clear_cache_cluster_wide/0": "[ok]",
		"application:set_env/3":                                "ok",
		"rabbit_vhosts:reconcile_once/0":                       "ok",
		"uaa_jwt:add_signing_key/3":                            "{ok,#{}}",
	}
	calls := nodetest.Says(values)
	n := (&nodetest.Node{Calls: calls}).Start(t)
	type line struct {
		line, out, err string
		kind           fail.Kind
	}
	try := func(all []line) {
		t.Helper()
		for _, c := range all {
			out, errs, err := distantly(t, n, strings.Fields(c.line)...)
			if out != c.out || c.err == "" && errs != "" || !strings.Contains(errs, c.err) || fail.KindOf(err) != c.kind {
				t.Errorf("%s: %q %q %v, which is %s", c.line, out, errs, err, fail.KindOf(err))
			}
		}
	}
	const ring = "Inspecting consistent hashing ring state for exchange x in virtual host '/'...\n"
	const key = `{"kty":"oct"}`
	try([]line{
		{"certificates", "Certificates of node rabbit@localhost ...\n[#{node => rabbit@localhost,port => 5671,protocol => 'amqp/ssl',\n" +
			"   interface => <<\"127.0.0.1\">>,cacertfile => <<\"pem\">>,certfile => <<\"pem\">>,\n" +
			"   purpose => <<\"AMQP 0-9-1 and AMQP 1.0 over TLS\">>}]\n", "", ""},
		{"list_network_interfaces -q", "Interface lo\n\naddr: ::1\nnetmask: 255.0.0.0\naddr: 127.0.0.1\nflags: up\n\n\n", "", ""},
		{"list_network_interfaces --formatter json", `{"interfaces":{"lo":{"flags":"up","addr":"::1","netmask":"255.0.0.0"}},` +
			`"message":"Node rabbit@localhost reported network interfaces","result":"ok"}` + "\n", "", ""},
		{"command_line_arguments -q", "[{root,[\"/usr/lib/erlang\"]},{noshell,[]}]\n", "", ""},
		{"command_line_arguments --formatter json", "", "the requested formatter is not supported by this command", fail.Usage},
		{"runtime_thread_stats -i 1", "Will collect runtime thread stats on rabbit@localhost for 1 seconds...\n" +
			"Average thread real-time    : 1000000 us\nAccumulated system run-time :  250000 us\nAverage scheduler run-time  :  250000 us\n\n" +
			"        Thread emulator     port      aux check_io       gc    other    sleep\n\nStats per thread:\n" +
			" scheduler( 1)   25.00%    0.00%    0.00%    0.00%    0.00%    0.00%   75.00%\n" +
			"dirty_cpu_(10)    0.00%    0.00%    0.00%    0.00%    0.00%    0.00%  100.00%\n\nStats per type:\n" +
			"dirty_cpu_sche    0.00%    0.00%    0.00%    0.00%    0.00%    0.00%  100.00%\n" +
			"     scheduler   25.00%    0.00%    0.00%    0.00%    0.00%    0.00%   75.00%\n\n", "", ""},
		{"runtime_thread_stats --formatter csv", "", "Error:\nCSV formatter is not supported by this command", fail.Unavailable},
		{"consistent_hash_exchange_ring_state x", ring + "Ring index: 0, queue: 'q'\nRing index: 10, queue: 'r'\n" +
			"Ring index: 2, queue: 'q'\n\n", "", ""},
		{"consistent_hash_exchange_ring_state x --formatter json", `{"buckets":{"0":"q","2":"q","10":"r"},"exchange":"x",` +
			`"message":"Consistent hashing ring state for exchange 'x' in vhost '/'","node":"rabbit@localhost","result":"ok"}` + "\n", "", ""},
		{"list_channel_interceptors", "Listing channel interceptors ...\nname\tapplies_to\tpriority\none\tbasic.get, queue.bind\t3\n", "", ""},
		{"list_trust_store_certificates", "Listing trust store certificates on node rabbit@localhost...\n", "", ""},
		{"list_trust_store_certificates --formatter json", "[\n]\n", "", ""},
		{"list_trust_store_certificates --formatter csv", "", "", ""}, // as the tool of 4.3.6
		{"list_trust_store_certificates -q --formatter erlang", "[]\n", "", ""},
		{"refresh_trust_store x", "Refreshing trust store certificates on node rabbit@localhost...\n", "", ""},
		{"clear_auth_backend_cache", "Will clear rabbitmq_auth_backend_cache plugin's cache on the target node...\n:ok\n", "", ""},
		{"enable_auth_attempt_source_tracking", "Enabling authentication attempt source tracking ...\n", "", ""},
		{"disable_auth_attempt_source_tracking --formatter json", `{"node":"rabbit@localhost","result":"ok"}` + "\n", "", ""},
		{"reconcile_vhosts", "Will try to initiate virtual host reconciliation on all reachable cluster nodes...\n", "", ""},
		{"set_channel_interceptor_priorities a 5 b 6", "Setting channel interceptor priorities to [a=5, b=6] ...\n", "Error:\ncannot set\n", fail.Unavailable},
		{"set_channel_interceptor_priorities a", "", "Bad argument: Interceptors and priorities must be provided as", fail.Data},
		{"set_channel_interceptor_priorities a x", "", `Bad argument: Priority "x" is not a valid integer`, fail.Data},
		{"add_signing_key k --json " + key, "Adding OAuth signing key \"k\" in JSON format: \"" + key + "\"\n", "", ""},
		{"add_signing_key k --json " + key + " --formatter json", "", "", ""},
		{"add_signing_key k", "", "Bad argument: No key specified", fail.Data},
		{"add_signing_key k --json {}", "", `Bad argument: Json key should contain "kty" field`, fail.Data},
		{"add_signing_key k --json no", "", "Bad argument: Invalid JSON", fail.Data},
		{"add_signing_key k --pem no", "", `"Unable to read a key from the PEM string"`, fail.Usage},
		{"add_signing_key k --pem no --json no", "", "Bad argument: There can be only one key type", fail.Data},
		{"add_signing_key k --pem-file /nope", "", "Bad argument: PEM file not found", fail.Data},
		{"eval_file /nope", "", `"File /nope does not exist"`, fail.Usage},
		{"eval_file /tmp", "", "Error (argument validation): :eisdir", fail.Usage},
		{"eval_file " + os.DevNull, "", `"syntax error before: "`, fail.Usage},
	})
	calls["rabbit_misc:version/0"] = nodetest.Says(map[string]string{"x": `"3.10.8"`})["x"]
	none := nodetest.Says(map[string]string{"x": "{error,not_found}"})["x"]
	calls["rabbit_exchange_type_consistent_hash:ring_state/2"] = none
	calls["rabbit_networking:active_listeners/0"] = nodetest.Says(map[string]string{"x": "[]"})["x"]
	try([]line{
		{"add_uaa_key k --json " + key, "Adding UAA signing key \"k\" in JSON format: \"" + key + "\"\n", "", ""},
		{"consistent_hash_exchange_ring_state x", ring, "Error:\nExchange does not exist or is of a different type\n", fail.Data},
		{"certificates", "Certificates of node rabbit@localhost ...\n#{}\n", "", ""},
		{"list_network_interfaces -q", "\x1b[1mInterface lo\x1b[0m\n\naddr: ::1\nnetmask: 255.0.0.0\naddr: 127.0.0.1\nflags: up\n\n\n", "", ""},
	})
}

// TestSigningKey_file: rabbitctl sends the content of the file, because the node may not have the file.
func TestSigningKey_file(t *testing.T) {
	t.Parallel()
	const pem = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"
	calls := nodetest.Says(map[string]string{"rabbit_misc:version/0": `"4.3.6"`})
	calls["uaa_jwt:add_signing_key/3"] = func(c *nodetest.Call) erlang.Term {
		if c.Args[1] != erlang.Atom("pem") || c.Args[2] != erlang.Binary(pem) {
			t.Errorf("sent %v", c.Args)
		}
		return erlang.Tuple{erlang.Atom("ok"), erlang.Map{}}
	}
	n := (&nodetest.Node{Calls: calls}).Start(t)
	file := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(file, []byte(pem), 0o600); err != nil {
		t.Fatal(err)
	}
	out, errs, err := distantly(t, n, "add_signing_key", "k", "--pem-file", file)
	if out != "Adding OAuth signing key \"k\" filename: \""+file+"\"\n" || errs != "" || err != nil {
		t.Errorf("%q %q %v", out, errs, err)
	}
}
