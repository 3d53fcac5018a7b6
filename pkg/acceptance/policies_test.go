//go:build acceptance

package acceptance

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// TestPoliciesThatMatch: list_policies_that_match lists the matching policies in the order of their priority. For each
// it says whether the broker reports it as in effect. If the release's own tool has the command, both must list the
// same policies.
func TestPoliciesThatMatch(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "matching ")
		b.declare(t, vhost, "orders", map[string]any{"x-queue-type": "quorum"})
		b.do(t, "PUT", path("exchanges", vhost, "orders"), map[string]any{"type": "topic", "durable": true})
		for name, p := range map[string]map[string]any{
			"low":  {"pattern": "^ord", "apply-to": "all", "priority": 1, "definition": map[string]any{"max-length": 9}},
			"high": {"pattern": "orders", "apply-to": "queues", "priority": 7, "definition": map[string]any{"max-length": 8}},
			"routes": {"pattern": "s$", "apply-to": "exchanges", "priority": 5,
				"definition": map[string]any{"alternate-exchange": "amq.fanout"}},
			"none": {"pattern": "^other$", "apply-to": "all", "priority": 9, "definition": map[string]any{"max-length": 1}},
		} {
			b.do(t, "PUT", path("policies", vhost, name), p)
		}
		b.do(t, "PUT", path("operator-policies", vhost, "cap"), map[string]any{"pattern": "", "apply-to": "queues",
			"priority": 0, "definition": map[string]any{"max-length": 5}})
		matching := func(args ...string) string {
			return strings.Join(b.rabbitctl(t, append([]string{"list_policies_that_match", "orders", "-p", vhost,
				"--no-table-headers"}, args...)...).ok(t).lines(), "\n")
		}
		for want, args := range map[string][]string{
			"policy\thigh\ttrue\npolicy\tlow\tfalse\noperator policy\tcap\ttrue": {"kind", "name", "in_effect"},
			"routes\ttrue\nlow\tfalse": {"name", "in_effect", "--object-type", "exchange"},
		} {
			eventually(t, func() (bool, string) {
				got := matching(args...)
				return got == want, fmt.Sprintf("%q, want %q", got, want)
			})
		}
		if b.Release != "3.10" {
			for _, kind := range []string{"queue", "exchange"} {
				var ours []string
				for _, line := range strings.Split(matching("kind", "name", "--object-type", kind), "\n") {
					if name, ok := strings.CutPrefix(line, "policy\t"); ok {
						ours = append(ours, name)
					}
				}
				real := b.ctl(t, "rabbitmq-diagnostics", "-q", "list_policies_that_match", "-p", vhost, "--object-type", kind,
					"--formatter", "json", "orders")
				var names []string
				for _, p := range object[struct{ Policies []struct{ Name string } }](t, real).Policies {
					names = append(names, p.Name)
				}
				if strings.Join(ours, " ") != strings.Join(names, " ") {
					t.Errorf("%s: %q, and the official tool lists %q", kind, ours, names)
				}
			}
		}
		b.rabbitctl(t, "list_policies_that_match", "ordres", "-p", vhost).exits(t, 65)

		// Only the broker can evaluate this pattern, so the list of matching policies is incomplete. But if this policy is in
		// effect, its match is known.
		b.do(t, "PUT", path("policies", vhost, "odd"), map[string]any{"pattern": "^(?!amq)", "apply-to": "queues",
			"priority": 2, "definition": map[string]any{"max-length": 7}})
		b.rabbitctl(t, "list_policies_that_match", "orders", "-p", vhost).exits(t, 75).says(t, "high", "low", "cap")
		b.do(t, "PUT", path("policies", vhost, "odd"), map[string]any{"pattern": "^(?!amq)", "apply-to": "queues",
			"priority": 20, "definition": map[string]any{"max-length": 7}})
		eventually(t, func() (bool, string) {
			r := b.rabbitctl(t, "list_policies_that_match", "orders", "-p", vhost, "name", "in_effect", "--no-table-headers")
			return r.code == 0 && strings.HasPrefix(r.stdout, "odd\ttrue\nhigh\tfalse\n"), r.stdout + r.stderr
		})
	})
}

// TestMirroringPolicies: the listings show exactly the policies that mirror queues. Only 3.10 accepts such policies,
// and no release accepts such operator policies.
func TestMirroringPolicies(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "mirroring ")
		plain := map[string]any{"pattern": "^p", "definition": map[string]any{"max-length": 5}, "apply-to": "queues"}
		b.do(t, "PUT", path("policies", vhost, "plain"), plain)
		b.do(t, "PUT", path("operator-policies", vhost, "plain"), plain)
		want := ""
		if b.Release == "3.10" {
			b.do(t, "PUT", path("policies", vhost, "mirrored"), map[string]any{"pattern": "^m",
				"definition": map[string]any{"ha-mode": "exactly", "ha-params": 2}, "apply-to": "queues"})
			want = "mirrored exactly\n"
		}
		for command, want := range map[string]string{"list_policies_with_classic_queue_mirroring": want,
			"list_operator_policies_with_classic_queue_mirroring": ""} {
			got := b.rabbitctl(t, command, "-p", vhost, "name", "definition.ha-mode", "--no-table-headers").ok(t).stdout
			if strings.ReplaceAll(got, "\t", " ") != want {
				t.Errorf("%s: %q, want %q", command, got, want)
			}
		}
	})
}

// TestPoliciesUnsuited compares the policy keys that, as rabbitctl says, a type of queue does not support with those
// that each release's own modules name. If releases disagree about a key, rabbitctl may leave it to the broker. The
// test ignores keys that no policy may have.
func TestPoliciesUnsuited(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		depends := map[string][]string{"classic": {"queue-leader-locator", "max-in-memory-length", "max-in-memory-bytes"},
			"quorum": {"single-active-consumer"}, "stream": {"single-active-consumer"}}
		told := map[string][]string{}
		known := map[string]bool{}
		for kind := range depends {
			text := b.ctl(t, "rabbitmqctl", "eval",
				fmt.Sprintf("[io:format(\"~ts~n\", [K]) || K <- maps:get(unsupported_policies, rabbit_%s_queue:capabilities())], done.", kind))
			for _, key := range strings.Fields(text.stdout) {
				if key != "done" {
					told[kind] = append(told[kind], key)
					known[key] = true
				}
			}
		}
		for kind, keys := range told {
			for _, key := range keys {
				ours := len(topology.Policy{Definition: map[string]any{key: 1}}.Unsuited(kind)) > 0
				if !ours && !slices.Contains(depends[kind], key) {
					t.Errorf("%s queues do not have %s, and here they are said to", kind, key)
				}
			}
			for key := range known {
				ours := len(topology.Policy{Definition: map[string]any{key: 1}}.Unsuited(kind)) > 0
				if ours && !slices.Contains(keys, key) {
					t.Errorf("%s queues have %s, and here they are said not to", kind, key)
				}
			}
		}
		if len(known) < 10 {
			t.Errorf("the broker told of %d keys only: %v", len(known), told)
		}
	})
}
