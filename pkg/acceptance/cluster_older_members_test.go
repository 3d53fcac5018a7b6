//go:build acceptance

package acceptance

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestClusterOlderMembers changes members of quorum queues on 3.10, whose API has no request for that. The real tool
// and rabbitctl under the tool's name must print the same; then the test runs rabbitctl's own commands. The test never
// adds a member where it has deleted one: on a node that has restarted, 3.10.8 does not end the process of the deleted
// member, and then its own tool fails, too.
func TestClusterOlderMembers(t *testing.T) {
	const release = "3.10"
	t.Parallel()
	requireRelease(t, release)
	c := onCluster(t, release)
	first, second, third := c.nodes[0], c.nodes[1].Node, c.nodes[2].Node
	env := strings.Fields(run(t, nil, program("devbroker"), "env", c.target(first)).ok(t).stdout)
	theirs, ours := first.vhost(t, "theirs"), first.vhost(t, "ours")
	for _, vhost := range []string{theirs, ours} {
		for name, size := range map[string]int{"one": 1, "other ü": 1, "three": 3} {
			first.declare(t, vhost, name, map[string]any{"x-queue-type": "quorum", "x-quorum-initial-group-size": size})
		}
		first.declare(t, vhost, "classic", nil)
	}
	own := strings.NewReplacer(theirs, "vhost", ours, "vhost")
	our := func(words ...string) ran { return run(t, env, program("rabbitctl"), words...) }
	compare := func(real, our ran, words string) {
		t.Helper()
		lines := func(r ran) []string {
			all := splitLines(own.Replace(r.stdout))
			slices.Sort(all)
			return all
		}
		if diff := cmp.Diff(lines(real), lines(our)); diff != "" || real.code != our.code {
			t.Errorf("%s: exit codes %d and %d, ours says %s (-real +ours):\n%s", words, real.code, our.code, our.stderr, diff)
		}
	}
	for _, words := range []string{
		"add_member -p VHOST one NODE2", "add_member -p VHOST one NODE2", "add_member -p VHOST classic NODE2",
		"add_member -p VHOST nosuch NODE2", "add_member -p VHOST one nowhere@localhost", "delete_member -p VHOST classic NODE2",
		"delete_member -p VHOST nosuch NODE2", "delete_member -p VHOST three nowhere@localhost",
		"delete_member -p VHOST three NODE3", "delete_member -p VHOST three NODE3 -q",
		"grow NODE2 all --queue-pattern ^o --vhost-pattern ^VHOST$", "grow NODE2 all --queue-pattern ^o --vhost-pattern ^VHOST$",
		"grow NODE3 even --queue-pattern ^one --vhost-pattern ^VHOST$ --errors-only", "grow nowhere@localhost all",
		"grow NODE3 odd", "shrink nowhere@localhost --formatter json",
	} {
		as := func(vhost string) []string {
			return append([]string{"rabbitmq-queues"}, strings.Fields(strings.NewReplacer("NODE2", second, "NODE3", third,
				"VHOST", vhost).Replace(words))...)
		}
		compare(c.tool(t, first, as(theirs)...), our(append([]string{"as"}, as(ours)...)...), words)
	}
	for name, want := range map[string]int{"one": 3, "other ü": 2, "three": 2} {
		c.hasMembers(t, theirs, name, want)
		c.hasMembers(t, ours, name, want)
	}
	for _, l := range []struct {
		line, says string
		code       int
	}{
		{"add_member nosuch NODE3 -p VHOST", "", 65},
		{"grow_to_count 3 all --dry-run --queue-pattern ^other --vhost-pattern ^VHOST$", "other ü", 0},
		{"grow_to_count 3 all --yes --queue-pattern ^other --vhost-pattern ^VHOST$", "grown", 0},
		{"grow_to_count 3 all --queue-pattern ^other --vhost-pattern ^VHOST$", "unchanged", 0},
		{"add_member one NODE3 -p VHOST", "unchanged", 0}, {"add_member one nowhere@localhost -p VHOST", "", 65},
		{"delete_member one NODE3 -p VHOST", "", 64}, {"delete_member one NODE3 -p VHOST --yes -o json", `"erlang"`, 0},
		{"delete_member one NODE3 -p VHOST --yes", "", 65}, {"delete_member one NODE3 -p VHOST --yes --if-exists", "absent", 0},
		{"add_member one NODE3 -p VHOST --check", "differs", 4}, {"shrink nowhere@localhost --yes", "", 65},
	} {
		line := strings.NewReplacer("NODE3", third, "VHOST", ours).Replace(l.line)
		if r := our(append(strings.Fields(line), "--no-color")...); r.code != l.code || !strings.Contains(r.stdout, l.says) {
			t.Errorf("%s: exit %d, want %d: %q %q", line, r.code, l.code, r.stdout, r.stderr)
		}
	}
}
