package member_test

import (
	"maps"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/member"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
)

func TestTransferLeadership(t *testing.T) {
	t.Parallel()
	d := cmdtest.NewDistantCase
	calls := nodetest.Says(map[string]string{"rabbit:is_running/0": "true", "rabbit_vhost:list_names/0": `[<<"/">>]`,
		"rabbit_nodes:list_running/0": "[r@a,r@b,r@e]",
		"rabbit_nodes:list_members/0": "[rabbit@localhost,r@a,r@b,r@c,r@e]"})
	q := &nodetest.Queue{Name: "q", Type: "quorum", Leader: "r@a", Members: []string{"r@a", "r@b", "r@c"}}
	s := &nodetest.Queue{Name: "s", Type: "stream", Leader: "r@a", Members: []string{"r@a", "r@b"}}
	nodetest.Queues(calls, q, s, &nodetest.Queue{Name: "c", Type: "classic"})
	moves := calls["rabbit_queue_type_ra:transfer_leadership/3"]
	n := (&nodetest.Node{Calls: calls}).Start(t)
	cmdtest.Distant(t, member.Commands, n, []cmdtest.DistantCase{
		d("transfer_leadership q r@b --dry-run", "leader\tr@a\n",
			"would move the leader of quorum queue q in virtual host / from node r@a to node r@b", ""),
		d("transfer_leadership q r@b --check", "differs\n", "", fail.Differs),
		d("transfer_leadership q r@b", "moved\nleader\tr@b\n", "", ""),
		d("transfer_leadership q r@b", "unchanged\n", "", ""),
		d("transfer_leadership q r@e", "", "quorum queue q has no member on node r@e: its members are on r@a, r@b, r@c", fail.Data),
		d("transfer_leadership q r@d", "", "node r@d is not a running member of the cluster", fail.NotFound),
		d("transfer_leadership q r@c", "", "node r@c is a member of the cluster, but does not run", fail.NotFound),
		d("transfer_leadership c r@a", "", "is a classic queue, not a quorum queue or a stream", fail.Data),
		d("transfer_leadership s r@b", "", "the stream is restarted", fail.Usage),
		d("transfer_leadership s r@b --yes", "moved\nleader\tr@b\n", "", ""),
	})
	// Releases before 4.2.9 have the older function only.
	delete(calls, "rabbit_queue_type_ra:transfer_leadership/3")
	calls["rabbit_quorum_queue:transfer_leadership/2"] = func(c *nodetest.Call) erlang.Term {
		moves(&nodetest.Call{Args: []erlang.Term{erlang.Binary("/"), erlang.Binary("q"), c.Args[1]}})
		return erlang.Tuple{erlang.Atom("migrated"), c.Args[1]}
	}
	delete(calls, "rabbit_stream_queue:transfer_leadership/3")
	cmdtest.Distant(t, member.Commands, n, []cmdtest.DistantCase{
		d("transfer_leadership q r@a", "moved\nleader\tr@a\n", "", ""),
		d("transfer_leadership s r@a", "", "the node's release cannot move the leader of a stream", fail.Unavailable),
	})
	// A node of 4.3.6 reports success although another node than the wanted one leads the stream. The command must find
	// this out.
	calls["rabbit_stream_queue:transfer_leadership/3"] = nodetest.Says(map[string]string{"x": "{ok,r@b}"})["x"]
	maps.Copy(calls, nodetest.Says(map[string]string{
		"rabbit_quorum_queue:transfer_leadership/2": "{not_migrated,timeout}"}))
	cmdtest.Distant(t, member.Commands, n, []cmdtest.DistantCase{
		d("transfer_leadership s r@a --yes", "elsewhere\nleader\tr@b\n",
			"the leader of stream s is on node r@b, and not on node r@a",
			fail.Differs),
		d("transfer_leadership q r@b", "", "did not move the leader of quorum queue q within its own time limit, and may still move it", fail.Lost),
	})
}
