//go:build acceptance

package acceptance

import "slices"

const (
	moving  = "it prints figures that are others each time"
	asTexts = "the tool of this release prints texts as lists of character codes"
	younger = "no release since 4.0 has this command"
)

// parityDistant returns the commands that a node answers over Erlang distribution, for which rabbitctl has the cookie,
// and those that a tool answers without a node. Commands that stop RabbitMQ, take nodes out of clusters or start
// plugins are compared on separate brokers: TestErlangDistribution, TestClusterMembership, TestClusterStreamMembers.
func parityDistant() []parityCase {
	var cases []parityCase
	add := func(why, on string, all ...string) {
		for _, args := range all {
			cases = append(cases, parityCase{args: args, why: why, on: on, distant: true, changes: true})
		}
	}
	add("", "",
		"rabbitmqctl set_disk_free_limit 50MB", "rabbitmqctl set_disk_free_limit 50MB -q",
		"rabbitmqctl set_disk_free_limit mem_relative 0.001", "rabbitmqctl set_disk_free_limit x",
		"rabbitmqctl set_disk_free_limit", "rabbitmqctl set_disk_free_limit 48MB",
		"rabbitmqctl set_vm_memory_high_watermark 0.5", "rabbitmqctl set_vm_memory_high_watermark absolute 4GB",
		"rabbitmqctl set_vm_memory_high_watermark 2", "rabbitmqctl set_vm_memory_high_watermark x",
		"rabbitmqctl set_vm_memory_high_watermark 0.4",
		"rabbitmqctl set_log_level info", "rabbitmqctl set_log_level loud", "rabbitmqctl force_gc",
		"rabbitmqctl start_app", "rabbitmqctl stop_app x", "rabbitmqctl reset", "rabbitmqctl force_reset",
		"rabbitmqctl force_boot", "rabbitmqctl resume_listeners", "rabbitmqctl suspend_listeners x",
		"rabbitmq-upgrade revive", "rabbitmq-upgrade revive x", "rabbitmq-upgrade drain x",
		"rabbitmqctl join_cluster", "rabbitmqctl forget_cluster_node rabbit@nowhere",
		"rabbitmqctl eval rabbit_vhost:list().", "rabbitmqctl eval lists:seq(1,60).", "rabbitmqctl eval foo(",
		"rabbitmqctl eval throw(oops).", "rabbitmqctl eval a:b().", "rabbitmqctl eval {ok,1}. --formatter json",
		"rabbitmqctl eval {blank}", "rabbitmqctl eval_file {dir}/nosuch", "rabbitmqctl eval_file {dir}/broken.json",
		"rabbitmqctl list_unresponsive_queues -p {vhost}",
		"rabbitmqctl list_unresponsive_queues -p {vhost} name arguments",
		"rabbitmq-diagnostics tls_versions", "rabbitmq-diagnostics tls_versions --formatter json",
		"rabbitmq-diagnostics cipher_suites", "rabbitmq-diagnostics cipher_suites --format erlang",
		"rabbitmq-diagnostics cipher_suites --format map --all", "rabbitmq-diagnostics cipher_suites --format bogus",
		"rabbitmq-diagnostics certificates",
		"rabbitmq-diagnostics command_line_arguments --formatter json", "rabbitmq-diagnostics os_env",
		"rabbitmq-diagnostics os_env --formatter json", "rabbitmq-diagnostics resolve_hostname localhost",
		"rabbitmq-diagnostics resolve_hostname nowhere.invalid", "rabbitmq-diagnostics resolve_hostname",
		"rabbitmq-diagnostics resolver_info", "rabbitmq-diagnostics discover_peers",
		"rabbitmq-diagnostics erlang_cookie_hash",
		"rabbitmq-diagnostics list_network_interfaces", "rabbitmq-diagnostics log_tail x",
		"rabbitmq-plugins list", "rabbitmq-plugins list -v management", "rabbitmq-plugins list -s shovel",
		"rabbitmq-plugins directories", "rabbitmq-plugins directories x", "rabbitmq-plugins enable rabbitmq_management",
		"rabbitmq-plugins enable", "rabbitmq-plugins disable nonesuch", "rabbitmq-plugins enable --all x",
		"rabbitmq-queues peek -p {vhost} quorum 1", "rabbitmq-queues peek -p {vhost} classic 1",
		"rabbitmq-queues peek -p {vhost} nosuch 1", "rabbitmq-queues peek -p {vhost} quorum 0",
		"rabbitmq-queues peek -p {vhost} quorum", "rabbitmq-queues peek -p {vhost} stream 1",
		"rabbitmq-queues reclaim_quorum_memory -p {vhost} quorum", "rabbitmq-queues reclaim_quorum_memory -p {vhost} classic",
		"rabbitmq-queues reclaim_quorum_memory -p {vhost} nosuch",
		"rabbitmq-streams add_replica -p {vhost} stream {node}", "rabbitmq-streams add_replica -p {vhost} stream rabbit@nowhere",
		"rabbitmq-streams add_replica -p {vhost} classic {node}", "rabbitmq-streams add_replica -p {vhost} nosuch {node}",
		"rabbitmq-streams delete_replica -p {vhost} stream rabbit@nowhere",
		"rabbitmq-streams delete_replica -p {vhost} classic {node}",
		"rabbitmq-streams delete_replica -p {vhost} nosuch {node}")
	add(newer, "3.10 4.0", "rabbitmqctl list_channel_interceptors",
		"rabbitmqctl list_channel_interceptors --formatter json", "rabbitmq-queues force_checkpoint --queue-pattern zz",
		"rabbitmq-streams reset_offset -p {vhost} --stream stream --reference none",
		"rabbitmq-streams activate_stream_consumer -p {vhost} --stream stream --reference none",
		"rabbitmq-queues transfer_leadership -p {vhost} nosuch {node}",
		"rabbitmq-streams transfer_leadership -p {vhost} stream {node}")
	add(asTexts, "3.10", "rabbitmq-diagnostics cipher_suites --formatter json")
	add(newer, "3.10", "rabbitmqctl deactivate_free_disk_space_monitoring x",
		"rabbitmqctl activate_free_disk_space_monitoring", "rabbitmq-streams coordinator_status", "rabbitmq-diagnostics metadata_store_status",
		"rabbitmq-streams list_stream_consumer_groups -p {vhost}",
		"rabbitmq-streams list_stream_group_consumers -p {vhost} --stream stream --reference none",
		"rabbitmq-streams restart_stream -p {vhost} classic", "rabbitmq-streams restart_stream -p {vhost} nosuch")
	add(younger, "4.0 4.3", "rabbitmqctl change_cluster_node_type disc", "rabbitmqctl sync_queue -p {vhost} classic",
		"rabbitmqctl cancel_sync_queue -p {vhost} classic")
	add(pluginOff, "", "rabbitmqctl clear_auth_backend_cache", "rabbitmqctl list_trust_store_certificates",
		"rabbitmq-diagnostics consistent_hash_exchange_ring_state -p {vhost} nosuch")
	add(moving, "", "rabbitmq-diagnostics runtime_thread_stats -i 1", "rabbitmq-diagnostics maybe_stuck",
		"rabbitmq-diagnostics consume_event_stream -d 1 --pattern nosuch")
	return slices.Concat(cases, parityNodeReads(), parityOfTool())
}
