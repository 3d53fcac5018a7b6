//go:build acceptance

package acceptance

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// TestPolicyChanges sets, updates and renames a policy, checks the effect on the broker, and asks which policy applies.
func TestPolicyChanges(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "policies ")
		b.declare(t, vhost, "longq", map[string]any{"x-max-length": 90})
		for range 50 {
			b.do(t, "POST", path("exchanges", vhost, "amq.default", "publish"), map[string]any{"properties": map[string]any{},
				"routing_key": "longq", "payload": "x", "payload_encoding": "string"})
		}
		do := func(code int, line string) ran {
			t.Helper()
			r := b.rabbitctl(t, append(strings.Fields(line), "-p", vhost)...)
			if r.code != code {
				t.Errorf("%s: exit %d\n%s%s", line, r.code, r.stdout, r.stderr)
			}
			return r
		}
		policies := func() string { return do(0, "list_policies name definition priority -o csv --no-table-headers").stdout }
		set := `set_policy cap ^longq$ {"max-length":1} --priority 50`
		do(0, set+" --dry-run").says(t, "49 of 50 ready messages removed (max-length 1), no dead-letter exchange")
		if r := do(64, set); !strings.Contains(r.stderr, "49 messages would now be dropped or dead-lettered from 1 queue: longq") {
			t.Error(r.stderr)
		}
		do(64, "set_policy cap ^longq$ nonsense")
		if got := policies(); got != "" {
			t.Errorf("a dry run and refused commands made %s", got)
		}
		set = strings.ReplaceAll(set, ":1}", ":70}")
		do(0, set).says(t, "created")
		do(0, set).says(t, "unchanged")
		do(4, "update_policy cap --set max-length=60 --set message-ttl=60m --check").says(t, "differs")
		do(0, "update_policy cap --set max-length=60 --set message-ttl=60m --yes").says(t, "changed")
		do(0, "update_policy cap --set max-length=60").says(t, "unchanged")
		do(65, "update_policy cup --set max-length=60")
		do(0, "rename_policy cap top --dry-run")
		do(0, "rename_policy cap top").says(t, "top\tcreated", "cap\tdeleted")
		do(65, "rename_policy cap top")
		do(0, "rename_policy cap top --if-exists").prints(t, "absent\n")
		do(0, `set_policy other ^none$ {"max-length":1} --priority 60`)
		do(4, "rename_policy top other")
		do(0, "clear_policy other --yes").says(t, "cleared")
		if got, want := policies(), `top,"{""max-length"":60,""message-ttl"":3600000}",50`+"\n"; got != want {
			t.Errorf("%s, want %s", got, want)
		}
		do(0, `set_policy equal longq {"max-length":80} --priority 50`)
		do(0, `set_operator_policy limit .* {"max-length":55}`)
		eventually(t, func() (bool, string) {
			r := b.rabbitctl(t, "explain_policy", "longq", "-p", vhost)
			for _, want := range []string{"have priority 50; the broker chose", "operator policy limit", "argument 90"} {
				if !strings.Contains(r.stdout, want) {
					return false, fmt.Sprintf("%q is missing:\n%s", want, r.stdout)
				}
			}
			return r.code == 0, r.stdout
		})
		do(0, "clear_operator_policy limit --yes")
		declared := "declare_policy typed ^typed --max-length-bytes 2MB --message-ttl 1h --dead-letter-exchange dlx"
		do(0, declared+" --dry-run")
		do(65, declared+" --check").says(t, "missing")
		do(0, declared).says(t, "created")
		do(0, declared).says(t, "unchanged")
		do(0, declared+" --check").says(t, "unchanged")
		do(4, "declare_policy typed ^typed --message-ttl 1h --check").says(t, "differs")
		do(0, "declare_policy typed ^typed --message-ttl 1h --max-age 1D")
		do(64, "declare_policy typed ^typed --message-ttl soon")
		do(0, "declare_operator_policy bound ^typed --max-length 5")
		do(0, "declare_operator_policy bound ^typed --max-length 5").says(t, "unchanged")
		do(0, "update_operator_policy bound --set max-length=6").says(t, "changed")
		do(0, "rename_operator_policy bound bounds").says(t, "bounds\tcreated", "bound\tdeleted")
	})
}

// TestPolicyKeys asks each release which policy keys it has, and compares them with the keys that rabbitctl lists for
// it.
func TestPolicyKeys(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "policy keys ")
		for _, k := range topology.PolicyKeys() {
			value := map[topology.ArgumentKind]string{topology.Whole: "2", topology.Millis: "60000", topology.Size: "100",
				topology.MaxAge: "1D", topology.Word: "x"}[k.Kind]
			if k.Words != nil {
				value = k.Words[0]
			}
			var sent any = json.Number(value)
			if k.Kind == topology.Word || k.Kind == topology.MaxAge {
				sent = value
			}
			for kind, command := range map[string]string{"policies": "declare_policy",
				"operator-policies": "declare_operator_policy"} {
				status, body, err := b.request("PUT", path(kind, vhost, "p"), map[string]any{"pattern": "^zz",
					"definition": map[string]any{k.Key: sent}})
				if err != nil {
					t.Fatal(err)
				}
				has := !strings.Contains(string(body), "not recognised")
				r := b.rabbitctl(t, command, "p", "^zz", "--set", k.Key+"="+value, "-p", vhost, "--dry-run")
				if (r.code == 0) != has || r.code != 0 && r.code != 69 {
					t.Errorf("%s: status %d %s; %s: exit %d %s", k.Key, status, body, command, r.code, r.stderr)
				}
			}
		}
	})
}
