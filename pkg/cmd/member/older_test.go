package member_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/member"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
)

// older runs commands against a fake broker of a release whose API cannot change members, and against its node.
func older(t *testing.T, release string, n *nodetest.Node, all []cmdtest.DistantCase) {
	t.Helper()
	for _, c := range all {
		s := brokertest.New(t)
		s.Optional("GET /api/overview", 200, `{"rabbitmq_version":"`+release+`"}`)
		s.Optional("GET /api/nodes?columns=name%2Crunning", 200, `[{"name":"r@c","running":true}]`)
		r := cmdtest.Run{Commands: member.Commands(), Env: n.Env(t)}.Do(t, s, strings.Fields(c.Line)...)
		said := r.Err
		if r.Error != nil {
			said += r.Error.Error()
		}
		if !strings.Contains(r.Out, c.Out) || !strings.Contains(said, c.Err) || fail.KindOf(r.Error) != c.Kind {
			t.Errorf("%s: %q %q, which is %q", c.Line, r.Out, said, fail.KindOf(r.Error))
		}
	}
}

// TestMembers_older: a node of 3.10 changes members over Erlang distribution, which its API cannot do.
func TestMembers_older(t *testing.T) {
	t.Parallel()
	d := cmdtest.NewDistantCase
	calls := nodetest.Says(map[string]string{"rabbit:is_running/0": "true", "rabbit_vhost:list_names/0": `[<<"/">>]`,
		"rabbit_nodes:all_running/0": "[rabbit@localhost,r@b,r@c]", "rabbit_mnesia:cluster_nodes/1": "[rabbit@localhost,r@b,r@c,r@off]"})
	nodetest.Queues(calls,
		&nodetest.Queue{Name: "q", Type: "quorum", Leader: "r@b", Members: []string{"r@b", "r@off"}},
		&nodetest.Queue{Name: "one", Type: "quorum", Leader: "r@b", Members: []string{"r@b"}},
		&nodetest.Queue{Name: "kept", Type: "quorum", Leader: "r@b", Members: []string{"r@b", "rabbit@localhost"}},
		&nodetest.Queue{Name: "c", Type: "classic"})
	n := (&nodetest.Node{Calls: calls}).Start(t)
	older(t, "3.10.8", n, []cmdtest.DistantCase{
		d("add_member q r@c --dry-run", "members\t[r@b, r@off]\n",
			"would add a member of queue q in virtual host / on node r@c, through rabbit@localhost", ""),
		d("add_member q r@c --check", "differs\n", "", fail.Differs),
		d("add_member q r@c -o json", "\"http\",\n    \"erlang\"", "", ""),
		d("add_member q r@c", "unchanged\n", "", ""),
		d("add_member q r@off", "unchanged\n", "", ""),
		d("add_member one r@off", "", "node r@off is not a running member of the cluster", fail.NotFound),
		d("add_member one r@c --membership voter", "", "have no memberships", fail.Usage),
		d("add_member x r@c", "", "queue x does not exist in virtual host /", fail.NotFound),
		d("add_member c r@c", "", "the members of queue c cannot be changed: its type is classic", fail.Data),
		d("delete_member q r@off", "", "there is no terminal to ask at", fail.Usage),
		d("delete_member q r@off --yes", "deleted\nmembers\t[r@b, r@c]\n", "", ""),
		d("delete_member q r@off --yes --if-exists", "absent\n", "", ""),
		d("delete_member one r@b --yes", "", "node r@b has the only member of queue one", fail.Unavailable),
		d("grow r@x all --yes", "", "node r@x is not a running member of the cluster", fail.NotFound),
		d("grow r@c all --dry-run", "/\tone\t[r@b]\n", "would add a member on node r@c to 2 quorum queues, through rabbit@localhost", ""),
		d("grow r@c all --yes", "one in virtual host /\tgrown\t\n", "", ""),
		d("grow r@c all", "unchanged\n", "", ""),
		d("grow_to_count 3 all --queue-pattern ^o --yes", "one in virtual host /\tgrown\t\n", "", ""),
		d("shrink r@x --yes", "", "node r@x is not a member of the cluster", fail.NotFound),
		d("shrink r@c --yes", "q in virtual host /\tshrunk\t\n", "", ""),
	})
	for _, release := range []string{"3.11.18", "3.12.0"} {
		older(t, release, n, []cmdtest.DistantCase{
			d("add_member one r@c --dry-run", "members\t[r@b, rabbit@localhost]\n", "through rabbit@localhost", "")})
	}
	// On a node that has restarted, 3.10.8 does not end the process of a deleted member. A new member on this node then
	// fails, and the error must say why.
	calls["rabbit_quorum_queue:add_member/4"] = nodetest.Says(map[string]string{
		"x": "{error,{shutdown,{failed_to_start_child,'%2F_q',{already_started,pid}}}}"})["x"]
	older(t, "3.10.8", n, []cmdtest.DistantCase{
		d("add_member q r@c", "", "node r@c still runs an old member of queue q, which was deleted earlier",
			fail.Unavailable),
		d("grow r@c all --yes", "failed", "already_started", fail.Unavailable)})
	calls["rabbit_quorum_queue:delete_member/3"] = func(*nodetest.Call) erlang.Term { return erlang.Atom("ok") }
	older(t, "3.10.8", n, []cmdtest.DistantCase{
		d("delete_member kept r@b --yes", "", "but queue kept still has a member on node r@b: its members are on r@b, rabbit@localhost", fail.Incomplete)})
}
