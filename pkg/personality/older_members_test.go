package personality_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
)

// TestMembers_older has the output of rabbitmq-queues of 3.10.8, recorded on a cluster. The API of 3.10.8 cannot change
// members, so the node does it, for many queues in one call.
func TestMembers_older(t *testing.T) {
	t.Parallel()
	const q = `{{resource,<<"/">>,queue,<<"q">>},`
	calls := nodetest.Says(map[string]string{"rabbit:is_running/0": "true", "rabbit_misc:version/0": `"3.10.8"`,
		"rabbit_quorum_queue:add_member/4":    "{error,classic_queue_not_supported}",
		"rabbit_quorum_queue:delete_member/3": "{error,last_node}",
		"rabbit_quorum_queue:grow/4":          "[" + q + "{ok,3}}]",
		"rabbit_quorum_queue:shrink_all/1":    "[" + q + "{error,1,last_node}}," + q + "{ok,2}}]"})
	n := (&nodetest.Node{Calls: calls}).Start(t)
	for _, c := range []struct {
		line, out, err string
		kind           fail.Kind
	}{
		{"add_member c r@b", "Adding a replica for queue c on node r@b...\n",
			"Error:\nCannot add members to a classic queue\n", fail.Unavailable},
		{"delete_member q r@b", "Removing a replica of queue q on node r@b...\n", "Error:\nlast_node\n", fail.Unavailable},
		{"grow r@b all", "Growing all quorum queues on r@b...\nvhost\tname\tsize\tresult\n/\tq\t3\tok\n", "", ""},
		{"-q grow r@b all --errors-only", "\n", "", ""},
		{"shrink r@b", "Shrinking quorum queues on r@b...\nvhost\tname\tsize\tresult\n/\tq\t1\terror: the last node cannot be " +
			"removed\n/\tq\t2\tok\n", "", ""},
		{"add_member q r@b --membership voter", "", "Invalid options for this command:\n--membership : ", fail.Usage},
		{"grow_to_count 2 all", "", "RabbitMQ 3.10.8 has no grow_to_count", fail.Unavailable},
	} {
		s := brokertest.New(t)
		s.JSON(whoAnswers, 200, strings.ReplaceAll(of310, "rabbit@a", "rabbit@localhost"))
		out, errs, err := toolAt(t, s.URL, n, "rabbitmq-queues", "secret", strings.Fields(c.line)...)
		if out != c.out || c.err == "" && errs != "" || !strings.Contains(errs, c.err) || fail.KindOf(err) != c.kind {
			t.Errorf("%s: %q %q %v, which is %s", c.line, out, errs, err, fail.KindOf(err))
		}
	}
	for _, release := range []string{"3.11.18", "3.12.0"} {
		s := brokertest.New(t)
		s.JSON(whoAnswers, 200, strings.NewReplacer("rabbit@a", "rabbit@localhost", "4.3.6", release).Replace(of43))
		_, errs, err := toolAt(t, s.URL, n, "rabbitmq-queues", "secret", "delete_member", "q", "r@b")
		if !strings.Contains(errs, "Error:\nlast_node\n") || fail.KindOf(err) != fail.Unavailable {
			t.Errorf("%s: %q %v", release, errs, err)
		}
	}
	asked := strings.Join(n.Asked(), " ")
	for _, name := range []string{"rabbit_quorum_queue:grow/4", "rabbit_quorum_queue:shrink_all/1"} {
		if !strings.Contains(asked, name) {
			t.Errorf("asked %s", asked)
		}
	}
}
