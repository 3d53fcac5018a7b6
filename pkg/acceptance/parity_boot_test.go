//go:build acceptance

package acceptance

import (
	"encoding/json"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestParity_rightAfterBoot asks a node in the moment when it begins to answer. At that moment the HTTP API does not
// know all figures, but the real tools do. So rabbitctl's commands run then, all at the same time; the real tools may
// run later.
func TestParity_rightAfterBoot(t *testing.T) {
	onEach(t, func(t *testing.T, shared *broker) {
		name := shared.Name + "-young"
		t.Cleanup(func() { takeDown(name) })
		if out, err := exec.Command(program("devbroker"), "up", "--release", shared.Release, "--name", name).
			CombinedOutput(); err != nil {
			t.Fatalf("devbroker up: %v\n%s", err, out)
		}
		b, err := look(name)
		if err != nil {
			t.Fatal(err)
		}
		b.declare(t, "/", "young", nil)
		_, body, _ := b.request("GET", "/nodes?columns=os_pid", nil)
		t.Logf("of %s the API tells %s", b.Release, body)

		cases := []parityCase{
			{args: "rabbitmqctl cluster_status"}, {args: "rabbitmqctl cluster_status --formatter json"},
			{args: "rabbitmq-diagnostics memory_breakdown"}, {args: "rabbitmq-diagnostics log_location -q --all"},
			{args: "rabbitmq-plugins list -E"}, {args: "rabbitmq-plugins is_enabled rabbitmq_management"},
			{args: "rabbitmqctl list_queues -q name state consumers message_bytes policy"},
			{args: "rabbitmqctl list_queues name exclusive message_bytes --formatter json"},
		}
		ours := make([]ran, len(cases)+1)
		var all sync.WaitGroup
		for i, c := range append(cases, parityCase{args: "rabbitmqctl status --formatter json"}) {
			all.Go(func() { ours[i] = b.rabbitctl(t, append([]string{"as"}, strings.Fields(c.args)...)...) })
		}
		all.Wait()
		for i, c := range cases {
			real := b.ctl(t, strings.Fields(c.args)...)
			if diff := cmp.Diff(comparable(c, b.Release, real.stdout), comparable(c, b.Release, ours[i].stdout)); diff != "" ||
				real.code != ours[i].code {
				t.Errorf("%s: exit codes %d and %d, ours says %q (-real +ours):\n%s", c.args, real.code, ours[i].code,
					ours[i].stderr, diff)
			}
		}
		sameMembers(t, b.ctl(t, "rabbitmqctl", "status", "--formatter", "json").ok(t), ours[len(cases)].ok(t))
	})
}

// sameMembers: every member of rabbitctl's JSON must also be in the real tool's JSON, with a value of the same type,
// and must not be blank unless it is blank there, too.
func sameMembers(t *testing.T, real, ours ran) {
	t.Helper()
	var theirs, own map[string]any
	for text, into := range map[string]*map[string]any{real.stdout: &theirs, ours.stdout: &own} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatalf("no JSON: %v\n%s", err, text)
		}
	}
	if len(own) < 15 {
		t.Errorf("only %d members: %v", len(own), own)
	}
	kind := func(v any) string {
		switch v.(type) {
		case string:
			return "text"
		case float64:
			return "number"
		case bool:
			return "truth"
		case nil:
			return "null"
		case []any:
			return "list"
		}
		return "object"
	}
	for name, value := range own {
		other, there := theirs[name]
		if !there || kind(value) != kind(other) || value == "" && other != "" {
			t.Errorf("%s: real %v, ours %v", name, other, value)
		}
	}
}
