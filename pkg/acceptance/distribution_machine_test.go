//go:build acceptance

package acceptance

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// erlangMachine runs the commands about a node's machine, its Erlang and its plugins: rabbitctl's own commands, and
// official commands in comparison with the release's own tool.
func erlangMachine(t *testing.T, b *broker, ours func(...string) ran, env []string, release string) {
	t.Helper()
	b.ctl(t, "rabbitmq-plugins", "enable", "rabbitmq_consistent_hash_exchange", "rabbitmq_trust_store",
		"rabbitmq_auth_backend_cache", "rabbitmq_auth_backend_oauth2", "rabbitmq_sharding").ok(t)
	b.rabbitctl(t, "declare_exchange", "ring", "--type", "x-consistent-hash").ok(t)
	b.declare(t, "/", "on-ring", nil)
	b.rabbitctl(t, "bind", "ring", "on-ring", "2").ok(t)
	file := func(name, text string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	key, other := file("k.json", `{"kty":"oct","k":"dG9rZW5rZXk"}`), file("o.json", `{"kty":"oct","k":"b3RoZXI"}`)
	code := file("code.erl", "A = rabbit:is_running(),\n{A, _1}.\n")
	since43 := func(code int) int {
		if release == "3.10" {
			return 69
		}
		return code
	}
	for _, c := range []struct {
		line, says string
		code       int
	}{
		{"certificates", "protocol\tport\trole", 0}, {"list_network_interfaces name address", "lo\t127.0.0.1", 0},
		{"command_line_arguments", "noshell\t", 0}, {"runtime_thread_stats --sample-interval 200ms", "scheduler\t1\t", 0},
		{"observer --sample-interval 200ms", "code_server\t<0.", 0},
		{"observer --by queue --sample-interval 200ms", "name\tpid\t", 0},
		{"observer --by reductions --sample-interval 200ms", "name\tpid\t", 0},
		{"consistent_hash_exchange_ring_state ring", "place\tqueue\n0\ton-ring\n1\ton-ring\n", 0},
		{"consistent_hash_exchange_ring_state amq.direct", "", 65},
		{"eval_file " + code + " x", "{true,<<\"x\">>}\n", 0}, {"eval_file " + code, "", 69}, {"eval_file /nope", "", 78},
		{"enable_auth_attempt_source_tracking --dry-run", "", 0}, {"enable_auth_attempt_source_tracking", "enabled", 0},
		{"enable_auth_attempt_source_tracking", "unchanged", 0}, {"disable_auth_attempt_source_tracking", "disabled", 0},
		{"refresh_trust_store", "refreshed", 0},
		{"add_signing_key k --json-file " + key + " --dry-run", "", 0}, {"add_signing_key k --json-file " + key, "added", 0},
		{"add_uaa_key k --json-file " + key, "unchanged", 0}, {"add_signing_key k --json-file " + other, "", 64},
		{"add_signing_key k --json-file " + other + " --yes", "added", 0}, {"add_signing_key k --pem-file " + key, "", 65},
		{"list_trust_store_certificates", "", since43(0)}, {"clear_auth_backend_cache", "", since43(0)},
		{"reconcile_vhosts", "", since43(0)}, {"list_channel_interceptors", "", since43(0)},
		{"set_channel_interceptor_priorities rabbit_sharding_interceptor 7 --dry-run", "", since43(0)},
		{"set_channel_interceptor_priorities rabbit_sharding_interceptor 7", "", since43(0)},
		{"set_channel_interceptor_priorities nobody 7", "", since43(65)},
	} {
		if r := ours(strings.Fields(c.line)...).exits(t, c.code); !strings.Contains(r.stdout, c.says) {
			t.Errorf("%s: %q %q", c.line, r.stdout, r.stderr)
		}
	}
	lines := []string{"rabbitmq-diagnostics certificates", "rabbitmq-diagnostics list_network_interfaces",
		"rabbitmq-diagnostics command_line_arguments", "rabbitmq-diagnostics command_line_arguments --formatter json",
		"rabbitmq-diagnostics runtime_thread_stats -i 1 --formatter json",
		"rabbitmq-diagnostics consistent_hash_exchange_ring_state ring",
		"rabbitmq-diagnostics consistent_hash_exchange_ring_state nope",
		"rabbitmq-diagnostics enable_auth_attempt_source_tracking",
		"rabbitmq-diagnostics disable_auth_attempt_source_tracking x",
		"rabbitmqctl eval_file " + code, "rabbitmqctl eval_file /nope", "rabbitmqctl eval_file " + os.TempDir(),
		"rabbitmqctl add_uaa_key k --json {\"kty\":\"oct\",\"k\":\"dG9rZW5rZXk\"}", "rabbitmqctl add_uaa_key k --json {}",
		"rabbitmqctl add_uaa_key k --pem no", "rabbitmqctl add_uaa_key k"}
	if release != "3.10" {
		lines = append(lines, "rabbitmqctl add_signing_key k --json {\"kty\":\"oct\",\"k\":\"dG9rZW5rZXk\"}",
			"rabbitmqctl reconcile_vhosts", "rabbitmqctl refresh_trust_store", "rabbitmqctl clear_auth_backend_cache",
			"rabbitmqctl list_channel_interceptors", "rabbitmqctl list_trust_store_certificates",
			"rabbitmqctl set_channel_interceptor_priorities rabbit_sharding_interceptor 6",
			"rabbitmqctl set_channel_interceptor_priorities nobody 6")
	}
	b.sameAsTool(t, env, lines...)
}
