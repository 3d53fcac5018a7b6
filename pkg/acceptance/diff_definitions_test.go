//go:build acceptance

package acceptance

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDiffDefinitions exports definitions, changes six things, and must find exactly these six, on the oldest release
// and on the newest. If the oldest is 3.10, it also compares the two, and must find what the newest cannot have.
func TestDiffDefinitions(t *testing.T) {
	env, first, last := contexts(t)
	do := func(words ...string) ran { return run(t, env, program("rabbitctl"), words...) }
	brokers := map[string]*broker{"new": last}
	if first != last {
		brokers["old"] = first
	}
	for name, b := range brokers {
		t.Run(b.Release, func(t *testing.T) {
			vhost := b.vhost(t, "diff")
			file := filepath.Join(t.TempDir(), "before.json")
			here := func(line string, words ...string) ran {
				return do(append(append(strings.Fields(line), "-c", name, "-p", vhost), words...)...)
			}
			b.declare(t, vhost, "stays", nil)
			b.declare(t, vhost, "goes", map[string]any{"x-queue-type": "quorum"})
			here("declare_exchange events --type topic").ok(t)
			here("bind events stays").ok(t)
			here("set_policy limits ^s").exits(t, 64)
			here("set_policy limits ^s", `{"max-length":10}`).ok(t)
			here("export_definitions " + file).ok(t)
			here("diff_definitions broker: " + file).ok(t)
			here("check_drift " + file).ok(t)
			do("diff_definitions", "broker:", file, "-c", name).ok(t) // the file says which virtual host it is of
			do("check_drift", file, "-c", name).ok(t)

			b.declare(t, vhost, "comes", nil)
			here("delete_queue goes --yes").ok(t)
			here("bind events stays more").ok(t)
			here("unbind events stays --yes").ok(t)
			here("set_policy limits ^s", `{"max-length":11}`).ok(t)
			here("declare_exchange extra").ok(t)
			want := "difference\tkind\tvhost\tname\tmember\ta\tb\treason\n" + strings.ReplaceAll(
				"changed\tpolicy\tV\tlimits\tdefinition.max-length\t10\t11\t\n"+
					"only_b\texchange\tV\textra\t\t\t\t\n"+
					"only_b\tqueue\tV\tcomes\t\t\t\t\n"+
					"only_a\tqueue\tV\tgoes\t\t\t\t\n"+
					"only_a\tbinding\tV\tevents -> stays\t\t\t\t\n"+
					"only_b\tbinding\tV\tevents -> stays with routing key \"more\"\t\t\t\t\n", "\tV\t", "\t"+vhost+"\t")
			got := here("diff_definitions "+file+" broker:").exits(t, 1)
			if got.stdout != want || !strings.Contains(got.stderr, "6 objects differ: 2 only in A, 3 only in B, 1 changed") {
				t.Errorf("%s%s", got.stdout, got.stderr)
			}
			if drift := here("check_drift "+file).exits(t, 1); !strings.HasPrefix(drift.stdout,
				"WARNING - 6 differences: policy limits in virtual host "+vhost) {
				t.Errorf("%s", drift.stdout)
			}
		})
	}
	if first.Release == "3.10" && first != last {
		t.Run("between releases", func(t *testing.T) { betweenReleases(t, do, first, last) })
	}
}

func betweenReleases(t *testing.T, do func(...string) ran, first, last *broker) {
	vhost := first.vhost(t, "moved")
	last.do(t, "PUT", path("vhosts", vhost), map[string]any{})
	last.ownVHost(t, vhost)
	first.declare(t, vhost, "orders", map[string]any{"x-max-length": 5})
	first.declare(t, vhost, "events", map[string]any{"x-queue-type": "stream"})
	do("set_policy", "-c", "old", "-p", vhost, "ha", "^o", `{"ha-mode":"all"}`).ok(t)
	do("set_policy", "-c", "old", "-p", vhost, "ttl", "^o", `{"message-ttl":1000}`).ok(t)
	file := filepath.Join(t.TempDir(), "moved.json")
	do("export_definitions", "-c", "old", "-p", vhost, "--drop-policy-keys", "ha-*", "--drop-empty-policies", file).ok(t)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	last.do(t, "POST", path("definitions", vhost), json.RawMessage(text))
	want := "difference\tkind\tvhost\tname\tmember\ta\tb\treason\n" +
		"only_a\tpolicy\t" + vhost + "\tha\t\t\t\t" + last.Release + " does not know the key ha-mode in policies\n"
	if got := do("diff_definitions", "context:old", "context:new", "-p", vhost).exits(t, 1); got.stdout != want {
		t.Errorf("%s%s", got.stdout, got.stderr)
	}
	got := do("compare_brokers", "old", "new", "--where", `vhost == "`+vhost+`" || name == "rabbitmq_version"`).ok(t)
	want = "what\tvhost\tname\ta\tb\tresult\tmembers\n" +
		"version\t\trabbitmq_version\t" + first.Version + "\t" + last.Version + "\tchanged\t\n"
	if !strings.HasPrefix(got.stdout, want) || !strings.Contains(got.stdout, "policy\t"+vhost+"\tha\tyes\t\tonly_a\t\n") {
		t.Errorf("%s", got.stdout)
	}
}
