//go:build acceptance

package acceptance

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestClusterMembers grows and shrinks quorum queues with the real tool and with rabbitctl, each in a virtual host of
// its own, and compares their output. It needs 4.3: the HTTP API of 3.10 has no requests for that.
func TestClusterMembers(t *testing.T) {
	const release = "4.3"
	t.Parallel()
	requireRelease(t, release)
	c := onCluster(t, release)
	first, second, third := c.nodes[0], c.nodes[1].Node, c.nodes[2].Node
	theirs, ours := first.vhost(t, "theirs"), first.vhost(t, "ours")
	for _, vhost := range []string{theirs, ours} {
		for name, size := range map[string]int{"one": 1, "other ü": 1, "three": 3} {
			first.declare(t, vhost, name, map[string]any{"x-queue-type": "quorum", "x-quorum-initial-group-size": size})
		}
	}
	own := strings.NewReplacer(theirs, "vhost", ours, "vhost")
	lines := func(r ran) []string {
		all := splitLines(own.Replace(r.stdout))
		slices.Sort(all)
		return all
	}
	for _, words := range []string{
		"grow NODE2 all --queue-pattern ^o --vhost-pattern ^VHOST$ --membership voter",
		"grow NODE2 all --vhost-pattern ^VHOST$ --membership voter",
		"grow NODE3 even --vhost-pattern ^VHOST$ --membership voter --pad-to-header",
		"grow -q NODE3 all --vhost-pattern ^VHOST$ --errors-only",
		"grow nowhere all", "grow_to_count 3 even --vhost-pattern ^VHOST$",
	} {
		as := func(vhost string) []string {
			return append([]string{"rabbitmq-queues"}, strings.Fields(strings.NewReplacer("NODE2", second, "NODE3", third,
				"VHOST", vhost).Replace(words))...)
		}
		real, our := c.tool(t, first, as(theirs)...), first.rabbitctl(t, append([]string{"as"}, as(ours)...)...)
		if diff := cmp.Diff(lines(real), lines(our)); diff != "" || real.code != our.code {
			t.Errorf("%s: exit codes %d and %d, ours says %s (-real +ours):\n%s", words, real.code, our.code, our.stderr, diff)
		}
	}
	for _, name := range []string{"one", "other ü", "three"} {
		c.hasMembers(t, ours, name, 3)
	}
	// shrink takes no virtual host: each tool shrinks the queues of all virtual hosts. Between the two runs, the queues
	// get their members back.
	shrunk := lines(c.tool(t, first, "rabbitmq-queues", "shrink", third).ok(t))
	c.tool(t, first, "rabbitmq-queues", "grow", third, "all", "--membership", "voter").ok(t)
	if diff := cmp.Diff(shrunk, lines(first.rabbitctl(t, "as", "rabbitmq-queues", "shrink", third).ok(t))); diff != "" {
		t.Errorf("shrink (-real +ours):\n%s", diff)
	}
	c.hasMembers(t, ours, "one", 2)
	first.rabbitctl(t, "as", "rabbitmq-queues", "shrink", second).ok(t)
	// The queue gets two members: the second can be added only after the first.
	grown := first.rabbitctl(t, "as", "rabbitmq-queues", "-q", "grow_to_count", "3", "all", "--vhost-pattern",
		"^"+ours+"$", "--queue-pattern", "^one$").ok(t)
	if got, want := lines(grown), []string{"vhost\tname\tsize\tresult", "vhost\tone\t2\tok",
		"vhost\tone\t3\tok"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	c.hasMembers(t, ours, "one", 3)
	ownMembers(t, c, ours)
	last := first.rabbitctl(t, "as", "rabbitmq-queues", "shrink", first.Node).ok(t)
	last.says(t, "one\t2\tok", "other ü\t1\terror: the last node cannot be removed")
}

// ownMembers changes members with rabbitctl's own commands. It covers changes, their repetition, dry runs, refused
// changes and absent members.
func ownMembers(t *testing.T, c *cluster, vhost string) {
	t.Helper()
	first, third := c.nodes[0], c.nodes[2].Node
	says := func(code int, want string, words ...string) {
		t.Helper()
		if r := first.rabbitctl(t, append(words, "--no-color")...).exits(t, code); !strings.HasPrefix(r.stdout, want) {
			t.Errorf("%q: %q, want %q", words, r.stdout, want)
		}
	}
	member := func(command, node string, more ...string) []string {
		return append([]string{command, "one", node, "-p", vhost}, more...)
	}
	says(0, "deleted\n", member("delete_member", third, "--yes")...)
	c.hasMembers(t, vhost, "one", 2)
	says(65, "", member("delete_member", third, "--yes")...)
	says(0, "absent\n", member("delete_member", third, "--yes", "--if-exists")...)
	says(4, "differs\n", member("add_member", third, "--check")...)
	says(0, "", member("add_member", third, "--dry-run")...)
	c.hasMembers(t, vhost, "one", 2)
	says(65, "", member("add_member", "nobody@nowhere")...)
	says(64, "", member("add_member", third, "--membership", "odd")...)
	says(0, "added\n", member("add_member", third)...)
	says(0, "unchanged\n", member("add_member", third)...)
	c.hasMembers(t, vhost, "one", 3)
	only := []string{"--vhost-pattern", "^" + vhost + "$", "--queue-pattern", "^three"}
	says(0, "", append([]string{"grow_to_count", "3", "all", "--dry-run"}, only...)...)
	c.hasMembers(t, vhost, "three", 1)
	says(0, "done\n", append([]string{"grow_to_count", "2", "all", "--yes"}, only...)...)
	c.hasMembers(t, vhost, "three", 2)
	says(0, "unchanged\n", append([]string{"grow_to_count", "2", "all"}, only...)...)
	says(0, "", "rebalance", "--dry-run")
}

// hasMembers fails the test unless the queue has the given number of members.
func (c *cluster) hasMembers(t *testing.T, vhost, queue string, want int) {
	t.Helper()
	q := get[struct {
		Members []string `json:"members"`
	}](t, c.nodes[0], path("queues", vhost, queue)+"?disable_stats=true")
	if len(q.Members) != want {
		t.Errorf("%s has the members %q, want %d", queue, q.Members, want)
	}
}
