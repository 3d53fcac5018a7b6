package queue_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/queue"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
)

// TestDistant runs commands of queues against answers of nodes of 3.10.8 and 4.3.6.
func TestDistant(t *testing.T) {
	t.Parallel()
	d := cmdtest.NewDistantCase
	const resource = `{resource,<<"/">>,queue,<<"q">>}`
	calls := nodetest.Says(map[string]string{"rabbit:is_running/0": "true", "rabbit_vhost:list_names/0": `[<<"/">>]`,
		"rabbit_quorum_queue:peek/3": `{ok,[{<<"delivery_mode">>,2},{<<"routing_keys">>,[<<"q">>]},{<<"exchange">>,<<>>},` +
			`{<<"payload (max 64 bytes)">>,<<"hello">>},{<<"header.x-delivery-count">>,0}]}`,
		"rabbit_quorum_queue:reclaim_memory/2":         "ok",
		"rabbit_quorum_queue:force_checkpoint/2":       "[{" + resource + ",{ok}}]",
		"rabbit_mirror_queue_misc:sync_queue/1":        "{error,not_mirrored}",
		"rabbit_mirror_queue_misc:cancel_sync_queue/1": "{ok,not_syncing}",
	})
	nodetest.Queues(calls, &nodetest.Queue{Name: "q", Type: "quorum", Leader: "r@a", Members: []string{"r@a"}},
		&nodetest.Queue{Name: "c", Type: "classic"})
	n := (&nodetest.Node{Calls: calls}).Start(t)
	cmdtest.Distant(t, queue.Commands, n, []cmdtest.DistantCase{
		d("peek_queue q", "position\t1\ndelivery_mode\t2\nrouting_keys\t[q]\nexchange\t\npayload\thello\nheaders.x-delivery-count\t0\n",
			"", ""),
		d("peek_queue q x", "", `"x" is not a whole number above 0, or out of range`, fail.Usage),
		d("peek_queue c", "", "is a classic queue, not a quorum queue", fail.Data),
		d("peek_queue p", "", `queue p does not exist in virtual host /`, fail.NotFound),
		d("reclaim_quorum_memory q", "started\n", "", ""),
		d("reclaim_quorum_memory q --dry-run", "leader\tr@a\n", "would let quorum queue q", ""),
		d("reclaim_quorum_memory c", "", "is a classic queue, not a quorum queue", fail.Data),
		d("force_checkpoint --dry-run", "/\tq\tr@a\n", "would write a checkpoint of 1 quorum queue", ""),
		d("force_checkpoint", "started\nvhost\tname\tresult\n/\tq\tok\n", "", ""),
		d("force_checkpoint --queue-pattern z", "unchanged\n", "", ""),
		d("force_checkpoint --queue-pattern (", "", "--queue-pattern ( is refused here", fail.Usage),
		d("sync_queue c", "", "the queue accepts and delivers none", fail.Usage),
		d("sync_queue c --yes", "", "queue c in virtual host / is not mirrored", fail.Unavailable),
		d("sync_queue x --yes", "", "queue x does not exist", fail.NotFound),
		d("cancel_sync_queue c", "unchanged\nanswer\tnot_syncing\n", "", ""),
	})
	calls["rabbit_quorum_queue:peek/3"] = nodetest.Says(map[string]string{"x": "{error,no_message_at_pos}"})["x"]
	calls["rabbit_quorum_queue:force_checkpoint/2"] = nodetest.Says(map[string]string{"x": "[{" + resource +
		",{error,timeout}}]"})["x"]
	calls["rabbit_mirror_queue_misc:sync_queue/1"] = nodetest.Says(map[string]string{"x": "ok"})["x"]
	info := calls["rabbit_amqqueue:info/2"]
	mirrors := func(inStep string) func(*nodetest.Call) erlang.Term {
		return nodetest.Says(map[string]string{"x": "[{slave_pids,[a,b]},{synchronised_slave_pids,[" + inStep + "]}]"})["x"]
	}
	calls["rabbit_amqqueue:info/2"] = mirrors("a,b")
	cmdtest.Distant(t, queue.Commands, n, []cmdtest.DistantCase{
		d("sync_queue c --yes", "synchronised\nmirrors\t2\nsynchronised\t2\n", "", "")})
	calls["rabbit_amqqueue:info/2"] = mirrors("a") // 3.10.8 answers ok even if the synchronisation was stopped
	cmdtest.Distant(t, queue.Commands, n, []cmdtest.DistantCase{
		d("sync_queue c --yes", "incomplete\n", "1 of 2 mirrors of queue c are synchronised", fail.Incomplete)})
	calls["rabbit_amqqueue:info/2"] = info
	delete(calls, "rabbit_mirror_queue_misc:sync_queue/1")
	cmdtest.Distant(t, queue.Commands, n, []cmdtest.DistantCase{
		d("peek_queue q 7", "", "has no message at position 7", fail.NotFound),
		d("force_checkpoint", "failed\nvhost\tname\tresult\n/\tq\t{error,timeout}\n",
			"no quorum queue was told to write a checkpoint", fail.Unavailable),
		d("sync_queue c", "", "the node's release has no mirrored queues", fail.Unavailable),
	})
}
