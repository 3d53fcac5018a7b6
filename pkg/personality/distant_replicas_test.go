package personality_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
)

// TestDistantReplicas compares output and exit codes for members of queues with those of the tools of 3.10.8 and 4.3.6,
// recorded on real nodes.
func TestDistantReplicas(t *testing.T) {
	t.Parallel()
	const s = `{resource,<<"/">>,queue,<<"s">>}`
	calls := nodetest.Says(map[string]string{"rabbit:is_running/0": "true", "rabbit_misc:version/0": `"4.3.6"`,
		"rabbit_nodes:list_running/0": "[rabbit@localhost,r@b]",
		"rabbit_quorum_queue:peek/3": `{ok,[{<<"delivery_mode">>,2},{<<"routing_keys">>,[<<"q">>]},{<<"exchange">>,<<>>},` +
			`{<<"payload (max 64 bytes)">>,<<"hi">>}]}`,
		"rabbit_quorum_queue:reclaim_memory/2":                           "ok",
		"rabbit_quorum_queue:force_checkpoint/2":                         "[{" + s + ",{ok}},{" + s + ",{error,timeout}}]",
		"rabbit_queue_type_ra:transfer_leadership/3":                     "{ok,r@b}",
		"rabbit_stream_queue:transfer_leadership/3":                      "{ok,r@b}",
		"rabbit_stream_queue:restart_stream/3":                           "{ok,r@b}",
		"rabbit_stream_queue:add_replica/3":                              "ok",
		"rabbit_stream_queue:delete_replica/3":                           "ok",
		"rabbit_stream_queue:grow/4":                                     "[{" + s + ",{ok,2}},{" + s + ",{error,1,timeout}}]",
		"rabbit_stream_queue:delete_all_replicas/1":                      "[{" + s + ",{error,1,{error,last_stream_member}}}]",
		"rabbit_stream_manager:reset_offset/3":                           "ok",
		"rabbit_stream_sac_coordinator:activate_consumer/3":              "ok",
		"rabbit_stream_sac_coordinator:consumer_groups/2":                "{ok,[[{stream,<<\"s\">>},{consumers,2}]]}",
		"rabbit_stream_sac_coordinator:group_consumers/4":                `{ok,[[{state,"active (connected)"}]]}`,
		"rabbit_stream_coordinator:status/0":                             "[[{<<\"Node Name\">>,r@a},{<<\"Term\">>,1}]]",
		"rabbit_mirror_queue_misc:sync_queue/1":                          "ok",
		"rabbit_mirror_queue_misc:cancel_sync_queue/1":                   "{ok,not_syncing}",
		"rabbit_stream_queue:set_retention_policy/3":                     "ok",
		"rabbit_nodes:is_single_node_cluster/0":                          "true",
		"rabbit_upgrade_preparation:await_online_synchronised_mirrors/1": "false",
	})
	n := (&nodetest.Node{Calls: calls}).Start(t)
	type line struct {
		tool, line, out, err string
		kind                 fail.Kind
	}
	try := func(all ...line) {
		t.Helper()
		for _, c := range all {
			out, errs, err := distantlyBy(t, n, c.tool, strings.Fields(c.line)...)
			if out != c.out || c.err == "" && errs != "" || !strings.Contains(errs, c.err) || fail.KindOf(err) != c.kind {
				t.Errorf("%s %s: %q %q %v, which is %s", c.tool, c.line, out, errs, err, fail.KindOf(err))
			}
		}
	}
	const queues, streams, diagnostics = "rabbitmq-queues", "rabbitmq-streams", "rabbitmq-diagnostics"
	try(
		line{queues, "peek q 1 --formatter json", `{"message":{"delivery_mode":2,"exchange":"","payload (max 64 bytes)":"hi","routing_keys":["q"]},"result":"ok"}` + "\n", "", ""},
		line{queues, "peek q 0", "", `Error (argument validation): "position value must be a positive integer"`, fail.Usage},
		line{queues, "reclaim_quorum_memory q", "Will garbage collect quorum queue q ...\n", "", ""},
		line{queues, "force_checkpoint", "Forcing checkpoint for all matching quorum queues...\nvhost\tname\tresult\n/\ts\t{ok}\n/\ts\t{error, timeout}\n", "", ""},
		line{queues, "force_checkpoint --errors-only", "Forcing checkpoint for all matching quorum queues...\n\n",
			"note: 1 checkpoints failed, which rabbitmq-queues does not show with --errors-only\n", ""},
		line{queues, "transfer_leadership q r@b", "Transferring leadership of quorum queue q to node r@b...\nr@b\n", "", ""},
		line{streams, "transfer_leadership s r@c", "Transferring leadership of stream s to node r@c...\nr@b\n",
			"note: the leader is now on node r@b, not on node r@c\n", ""},
		line{streams, "restart_stream s", "Restarting stream s...\nr@b\n", "", ""},
		line{streams, "restart_stream s --preferred-leader-node r@a", "Restarting stream s...\nr@b\n",
			"note: the leader is now on node r@b", ""},
		line{streams, "add_replica s r@b", "Adding a replica for stream s on node r@b...\n", "", ""},
		line{streams, "delete_replica s r@b", "Removing a replica of queue s on node r@b...\n", "", ""},
		line{streams, "grow r@b all", "Growing all streams on r@b...\nvhost\tname\tsize\tresult\n/\ts\t2\tok\n/\ts\t?\terror: the operation timed out and may not have been completed\n", "", ""},
		line{streams, "grow r@c all", "", "Error: node r@c is not a member of the cluster\n", fail.Usage},
		line{streams, "grow r@b odd", "", `"strategy 'odd' is not recognised."`, fail.Usage},
		line{streams, "shrink r@b --errors-only", "Shrinking streams on r@b...\nvhost\tname\tsize\tresult\n/\ts\t1\terror: the last replica cannot be removed\n", "", ""},
		line{streams, "reset_offset --stream s --reference r", "Resetting stored offset ...\nDone\n", "", ""},
		line{streams, "reset_offset --stream s", "", "Error (argument validation): not enough arguments.", fail.Usage},
		line{streams, "activate_stream_consumer --stream s --reference r --formatter json", `{"message":"OK"}` + "\n", "", ""},
		line{streams, "list_stream_consumer_groups stream consumers --formatter json", "[\n{\"stream\":\"s\",\"consumers\":2}\n]\n", "", ""},
		line{streams, "list_stream_consumer_groups odd", "", "Info key(s) odd are not supported", fail.Usage},
		line{streams, "list_stream_group_consumers --stream s --reference r state --formatter json",
			"[\n{\"state\":\"active (connected)\"}\n]\n", "", ""},
		line{streams, "coordinator_status --formatter json", "[\n{\"Node Name\":\"r@a\",\"Term\":1}\n]\n", "", ""},
	)
	set := func(name, text string) { calls[name] = nodetest.Says(map[string]string{name: text})[name] }
	for name := range calls {
		if !strings.HasPrefix(name, "rabbit:") && !strings.HasPrefix(name, "rabbit_misc:") {
			set(name, "{error,not_found}")
		}
	}
	try(
		line{queues, "peek q 1", "Peeking at quorum queue q at position 1 on node rabbit@localhost ...\n", "Error:\nTarget queue was not found in virtual host '/'\n", fail.Unavailable},
		line{queues, "reclaim_quorum_memory q -q", "", "Error:\nTarget queue was not found in virtual host '/'\n",
			fail.Unavailable},
		line{queues, "transfer_leadership q r@b -q", "", "queue 'q' was not found in virtual host '/'\n", fail.Data},
		line{streams, "restart_stream q -q", "", "Object (queue, stream, exchange, etc) was not found\n", fail.Data},
		line{streams, "add_replica q r@b -q", "", "Object (queue, stream, exchange, etc) was not found\n", fail.Data},
		line{streams, "reset_offset --stream s --reference r -q", "", "Error:\nThe stream does not exist\n",
			fail.Unavailable},
		line{streams, "activate_stream_consumer --stream s --reference r -q", "",
			"Error:\nThe group does not exist\n", fail.Unavailable},
		line{streams, "list_stream_group_consumers --stream s --reference r -q", "",
			"Error:\nThe group does not exist\n", fail.Unavailable},
	)
	for function, answers := range map[string]map[string]line{
		"rabbit_quorum_queue:peek/3": {
			"no_message_at_pos":           {queues, "peek q 1 -q", "", "Error:\nTarget queue does not have a message at that position\n", fail.Unavailable},
			"classic_queue_not_supported": {queues, "peek q 1 -q", "", "Error:\nCannot peek into a classic queue\n", fail.Unavailable},
			"not_quorum_queue":            {queues, "peek q 1 -q", "", "Error:\nnot_quorum_queue\n", fail.Unavailable},
		},
		"rabbit_queue_type_ra:transfer_leadership/3": {
			"already_leader": {queues, "transfer_leadership q r@b -q", "", "Error:\nThe target node is already the leader of this queue\n", fail.Unavailable},
			"unknown_member": {queues, "transfer_leadership q r@b -q", "", "Error:\nunknown_member\n", fail.Unavailable},
		},
		"rabbit_stream_queue:delete_replica/3": {
			"last_stream_member": {streams, "delete_replica s r@b -q", "", "Error:\nCannot delete the last member of a stream\n", fail.Unavailable},
		},
		"rabbit_stream_manager:reset_offset/3": {
			"no_reference": {streams, "reset_offset --stream s --reference r -q", "", "Error:\nThere is no stored offset for this reference, no need to reset\n", fail.Unavailable},
		},
	} {
		for reason, want := range answers {
			set(function, "{error,"+reason+"}")
			try(want)
		}
	}
	set("rabbit_misc:version/0", `"3.10.8"`)
	set("rabbit_mirror_queue_misc:cancel_sync_queue/1", "{ok,not_syncing}")
	set("rabbit_mirror_queue_misc:sync_queue/1", "{error,not_mirrored}")
	set("rabbit_stream_queue:set_retention_policy/3", "ok")
	set("rabbit_nodes:is_single_node_cluster/0", "true")
	delete(calls, "rabbit_quorum_queue:force_checkpoint/2")
	try(
		line{queues, "reclaim_quorum_memory q", "Will flush Raft WAL of quorum queue q ...\n",
			"Target queue was not found", fail.Unavailable},
		line{streams, "add_replica s r@b", "Adding a replica for queue s on node r@b...\n", "Error:\nnot_found\n",
			fail.Unavailable},
		line{streams, "set_stream_retention_policy s 1h", "Setting retention policy of stream queue s to 1h ...\n",
			"note: the node stores this policy, but the stream does not follow it", ""},
		line{"rabbitmqctl", "sync_queue c", "Synchronising queue 'c' in vhost '/' ...\n", "Error:\nnot_mirrored\n",
			fail.Unavailable},
		line{"rabbitmqctl", "cancel_sync_queue c", "Stopping synchronising queue 'c' in vhost '/' ...\nnot_syncing\n", "", ""},
		line{"rabbitmq-upgrade", "await_online_synchronized_mirror", "Will wait for a synchronised mirror be online for all classic mirrored queues for 120 seconds...\n" +
			"Target node seems to be the only one in a single node cluster, the command does not apply\n", "", ""},
		line{queues, "force_checkpoint -q", "", "RabbitMQ 3.10.8, which does not support force_checkpoint", fail.Unavailable},
	)
	set("rabbit_nodes:is_single_node_cluster/0", "false")
	set("rabbit_upgrade_preparation:await_online_synchronised_mirrors/1", "false")
	try(line{"rabbitmq-upgrade", "await_online_synchronized_mirror -q", "",
		"time is up, no synchronised mirror came online", fail.Unavailable})
	set("rabbit:is_running/0", "false")
	try(line{queues, "peek q 1", "", "Error: this command requires the 'rabbit' app to be running on the target node.", fail.Usage})
}
