//go:build acceptance

package acceptance

import (
	"regexp"
	"strings"
)

const (
	pluginOff = "the tool knows it only where the plugin is installed and enabled"
	unseeing  = "the tool of this release says that there are no alarms without looking; ours looks, and fails"
	asCodes   = "the tool of this release prints versions as lists of character codes"
	order     = "the tool prints the members of a map in the order of its runtime's memory"
	mapped    = "with json the tool has the exit code 69 for every error; ours keeps the one of the error"
)

// alarmed reports whether the case needs a disk alarm.
func (c parityCase) alarmed() bool { return strings.Contains(c.args, "[alarm]") }

// parityChecks returns checks, reports and other commands that can run several times on a broker without faults.
func parityChecks() []parityCase {
	var cases []parityCase
	// The API of 3.10 has no request for these commands: rabbitctl needs the cookie.
	members := regexp.MustCompile(`^rabbitmq-queues (grow|shrink|add_member|delete_member)`)
	add := func(why, on string, all ...string) {
		for _, args := range all {
			cases = append(cases, parityCase{args: args, why: why, on: on, distant: members.MatchString(args)})
		}
	}
	add("", "",
		"rabbitmq-diagnostics alarms", "rabbitmq-diagnostics alarms --formatter json",
		"rabbitmq-diagnostics check_alarms", "rabbitmq-diagnostics check_alarms -s",
		"rabbitmq-diagnostics check_alarms --formatter json",
		"rabbitmq-diagnostics check_local_alarms",
		"rabbitmq-diagnostics check_port_connectivity", "rabbitmq-diagnostics check_port_connectivity -q --formatter json",
		"rabbitmq-diagnostics check_port_listener 1", "rabbitmq-diagnostics check_port_listener {port}",
		"rabbitmq-diagnostics check_port_listener {port} --formatter json", "rabbitmq-diagnostics check_port_listener abc",
		"rabbitmq-diagnostics check_protocol_listener amqp",
		"rabbitmq-diagnostics check_protocol_listener amqp -s --formatter json",
		"rabbitmq-diagnostics check_protocol_listener amqps",
		"rabbitmq-diagnostics check_virtual_hosts", "rabbitmq-diagnostics check_virtual_hosts -s",
		"rabbitmq-diagnostics is_running --formatter json",
		"rabbitmq-diagnostics check_certificate_expiration",
		"rabbitmq-diagnostics check_certificate_expiration -q --unit days --within 30",
		"rabbitmq-diagnostics check_certificate_expiration --unit zzz",
		"rabbitmq-diagnostics check_if_node_is_quorum_critical",
		"rabbitmq-queues check_if_node_is_quorum_critical --formatter json",
		"rabbitmq-queues check_if_node_is_mirror_sync_critical",
		"rabbitmq-diagnostics listeners", "rabbitmq-diagnostics listeners -q --formatter csv",
		"rabbitmq-diagnostics listeners --formatter json",
		"rabbitmq-diagnostics listeners --formatter erlang",
		"rabbitmq-diagnostics memory_breakdown", "rabbitmq-diagnostics memory_breakdown --unit zz",
		"rabbitmqctl cluster_status", "rabbitmqctl cluster_status --formatter json",
		"rabbitmqctl status --unit zzz",
		"rabbitmq-diagnostics erlang_version", "rabbitmq-diagnostics erlang_version -q --details",
		"rabbitmq-diagnostics server_version --formatter json",
		"rabbitmq-diagnostics log_location", "rabbitmq-diagnostics log_location -q --all",
		"rabbitmq-queues quorum_status -p {vhost} classic", "rabbitmq-queues quorum_status -p {vhost} nosuch",
		"rabbitmq-streams stream_status -p {vhost} classic", "rabbitmq-streams stream_status -p {vhost} nosuch",
		"rabbitmq-queues rebalance all", "rabbitmq-queues rebalance zzz",
		"rabbitmq-plugins list -e", "rabbitmq-plugins list -E", "rabbitmq-plugins list -m -E management",
		"rabbitmq-plugins list -v -m",
		"rabbitmq-plugins is_enabled rabbitmq_management",
		"rabbitmq-plugins is_enabled -q rabbitmq_management rabbitmq_stream",
		"rabbitmq-plugins is_enabled zzz",
		"rabbitmqctl await_online_nodes 1", "rabbitmqctl await_startup",
		"rabbitmq-upgrade await_online_quorum_plus_one", "rabbitmqctl rotate_logs", "rabbitmqctl rename_cluster_node a b",
		"rabbitmqctl shovel_status", "rabbitmqctl federation_status --formatter json",
		"rabbitmqctl list_queues -n {node} -q -p {empty} name")
	add("", "",
		"rabbitmqctl export_definitions {dir}/out.json", "rabbitmqctl export_definitions -q {dir}/out.json --format JSON",
		"rabbitmqctl export_definitions {dir}/out.json --formatter json",
		"rabbitmqctl export_definitions {dir}/nosuch/out.json", "rabbitmqctl export_definitions {dir}",
		"rabbitmqctl export_definitions {dir}/in.json/out.json",
		"rabbitmqctl export_definitions {dir}/out.json --format bogus", "rabbitmqctl export_definitions",
		"rabbitmqctl export_definitions a b",
		"rabbitmq-diagnostics report --formatter json", "rabbitmqctl report x",
		"rabbitmq-queues grow {node} some", "rabbitmq-queues grow {node} all",
		"rabbitmq-queues grow {node} even --queue-pattern ^q --vhost-pattern .",
		"rabbitmq-queues grow {node}", "rabbitmq-queues grow -q {node} all --errors-only",
		"rabbitmq-queues grow {node} all --formatter json",
		"rabbitmq-queues grow rabbit@nowhere all",
		"rabbitmq-queues add_member -p {vhost} quorum {node}", "rabbitmq-queues add_member -p {vhost} classic {node}",
		"rabbitmq-queues add_member -p {vhost} nosuch {node}", "rabbitmq-queues add_member -p {vhost} quorum rabbit@nowhere",
		"rabbitmq-queues delete_member -p {vhost} quorum {node}",
		"rabbitmq-queues delete_member -p {vhost} quorum rabbit@nowhere",
		"rabbitmq-queues delete_member -p {vhost} nosuch {node}",
		"rabbitmq-queues shrink {node}", "rabbitmq-queues shrink -s {node} --errors-only",
		"rabbitmq-queues shrink {node} --formatter json",
		"rabbitmq-queues shrink rabbit@nowhere", "rabbitmq-queues shrink",
		"rabbitmqctl help list_queues list_users")
	add(newer, "3.10", "rabbitmq-queues grow {node} all --membership bogus",
		"rabbitmq-queues grow {node} all --membership voter",
		"rabbitmq-queues add_member -p {vhost} quorum {node} --membership bogus")
	add(newer, "3.10 4.0", "rabbitmq-queues grow_to_count 1 all", "rabbitmq-queues grow_to_count 0 all",
		"rabbitmq-queues grow_to_count 3 some",
		"rabbitmq-diagnostics message_size_stats", "rabbitmq-diagnostics message_size_stats -q --formatter json")
	add(newer, "3.10",
		"rabbitmq-diagnostics check_if_any_deprecated_features_are_used",
		"rabbitmq-diagnostics check_if_any_deprecated_features_are_used -q --formatter json",
		"rabbitmq-queues check_if_new_quorum_queue_replicas_have_finished_initial_sync",
		"rabbitmq-diagnostics list_policies_that_match -p {one} only",
		"rabbitmq-diagnostics list_policies_that_match -p {one} nosuch",
		"rabbitmq-streams list_stream_tracking -p {vhost} stream",
		"rabbitmq-streams list_stream_tracking -p {vhost} nosuch")
	add(newer, "3.10 4.0",
		"rabbitmq-diagnostics check_if_metadata_store_is_initialized",
		"rabbitmq-diagnostics check_if_metadata_store_is_initialized_with_data --formatter json",
		"rabbitmq-diagnostics check_for_quorum_queues_without_an_elected_leader .*",
		"rabbitmq-diagnostics check_for_quorum_queues_without_an_elected_leader -q --across-all-vhosts .*",
		"rabbitmq-diagnostics has_reached_target_cluster_size")
	add(asCodes, "3.10", "rabbitmq-plugins list -e --formatter json")
	add("", "", "rabbitmq-diagnostics memory_breakdown --formatter csv",
		"rabbitmq-diagnostics memory_breakdown -q --formatter erlang")
	add(pluginOff, "", "rabbitmqctl list_mqtt_connections")
	add(order, "", "rabbitmqctl federation_status")
	add(newer, "3.10", "rabbitmq-queues check_if_cluster_has_classic_queue_mirroring_policy")
	return cases
}

// parityChanges returns commands that change something, in an order in which each one has what it needs.
func parityChanges() []parityCase {
	var cases []parityCase
	add := func(why, on string, all ...string) {
		for _, args := range all {
			cases = append(cases, parityCase{args: args, why: why, on: on, changes: true})
		}
	}
	add("", "",
		"rabbitmqctl add_user {x} secret", "rabbitmqctl add_user {x} secret [again]", "rabbitmqctl -q add_user {x}2 secret",
		"rabbitmqctl add_user {blank} x", "rabbitmqctl add_user {x}3 x --formatter json",
		"rabbitmqctl authenticate_user {x} secret", "rabbitmqctl authenticate_user {x} wrong",
		"rabbitmqctl change_password {x} secret2", "rabbitmqctl change_password {nowhere} secret2",
		"rabbitmqctl authenticate_user {x} secret2",
		"rabbitmqctl set_user_tags {x} monitoring management", "rabbitmqctl set_user_tags {nowhere} monitoring",
		"rabbitmqctl authenticate_user {x} secret2 [tagged]", "rabbitmqctl set_user_tags {x} --formatter json",
		"rabbitmqctl clear_password {x}", "rabbitmqctl clear_password {nowhere}",
		`rabbitmqctl set_user_limits {x} {"max-connections":7,"max-channels":9}`,
		`rabbitmqctl set_user_limits {x} {"bogus":7}`,
		`rabbitmqctl set_user_limits {x} {`, `rabbitmqctl set_user_limits {nowhere} {"max-connections":7}`,
		"rabbitmqctl list_user_limits --user {x}", "rabbitmqctl clear_user_limits {x} all",
		"rabbitmqctl clear_user_limits {nowhere} all",
		"rabbitmqctl add_vhost {x} --description d --tags a,b", "rabbitmqctl add_vhost {x} [again]",
		"rabbitmqctl set_permissions -p {x} {x} ^a .* b", "rabbitmqctl set_permissions -p {nowhere} {x} ^a .* b",
		"rabbitmqctl set_permissions -p {x} {nowhere} ^a .* b", "rabbitmqctl set_permissions -p {x} {x} ( .* b",
		"rabbitmqctl list_user_permissions {x}",
		"rabbitmqctl set_topic_permissions -p {x} {x} amq.topic .* b", "rabbitmqctl list_user_topic_permissions {x}",
		"rabbitmqctl clear_topic_permissions -p {x} {x} amq.topic", "rabbitmqctl clear_topic_permissions -p {x} {nowhere}",
		"rabbitmqctl clear_permissions -p {x} {x}", "rabbitmqctl clear_permissions -p {x} {x} [again]",
		"rabbitmqctl clear_permissions -p {x} {nowhere}",
		`rabbitmqctl set_vhost_limits -p {x} {"max-queues":5}`, `rabbitmqctl set_vhost_limits -p {x} {"bogus":5}`,
		`rabbitmqctl set_vhost_limits -p {nowhere} {"max-queues":5}`, "rabbitmqctl list_vhost_limits -p {x}",
		"rabbitmqctl clear_vhost_limits -p {x}", "rabbitmqctl clear_vhost_limits -p {x} [again]",
		"rabbitmqctl set_vhost_tags {x} c d", "rabbitmqctl set_vhost_tags {nowhere} c",
		`rabbitmqctl set_policy -p {x} pol ^q {"max-length":9} --priority 3 --apply-to queues`,
		`rabbitmqctl set_policy -p {x} pol ^q {"bogus":9}`,
		`rabbitmqctl set_policy -p {x} pol ^q {`, `rabbitmqctl set_policy -p {nowhere} pol ^q {"max-length":9}`,
		`rabbitmqctl set_policy -p {x} pol2 ^q {"max-length":9} --formatter json`, "rabbitmqctl list_policies -p {x}",
		"rabbitmqctl clear_policy -p {x} pol", "rabbitmqctl clear_policy -p {x} pol [again]",
		`rabbitmqctl set_operator_policy -p {x} op ^q {"max-length":9}`, "rabbitmqctl clear_operator_policy -p {x} op",
		`rabbitmqctl set_parameter -p {x} federation-upstream up {"uri":"amqp://"}`,
		`rabbitmqctl set_parameter -p {x} bogus up {"a":1}`,
		`rabbitmqctl set_parameter -p {x} policy up {"a":1}`, "rabbitmqctl list_parameters -p {x}",
		"rabbitmqctl clear_parameter -p {x} federation-upstream up",
		"rabbitmqctl clear_parameter -p {x} federation-upstream up [again]",
		`rabbitmqctl set_global_parameter {x} {"a":1}`, "rabbitmqctl clear_global_parameter {x}",
		"rabbitmqctl trace_on -p {x}", "rabbitmqctl trace_off -p {x}", "rabbitmqctl trace_off -p {nowhere}",
		"rabbitmqctl restart_vhost -p {x}",
		"rabbitmqctl list_vhosts name description tags tracing [changed]",
		"rabbitmqctl purge_queue -p {empty} nosuch", "rabbitmqctl purge_queue -p {vhost} stream",
		"rabbitmqctl purge_queue -p {one} only",
		"rabbitmqctl delete_queue -p {empty} nosuch", "rabbitmqctl delete_queue -p {drop} del-{x} --if-unused",
		"rabbitmqctl delete_queue {blank}",
		"rabbitmqctl close_connection zzz why", "rabbitmqctl close_all_connections -p {empty} why",
		"rabbitmqctl close_all_user_connections {x} why",
		"rabbitmqctl enable_feature_flag all", "rabbitmqctl enable_feature_flag zzz",
		"rabbitmqctl enable_feature_flag {blank}",
		"rabbitmqctl set_cluster_name parity", "rabbitmq-diagnostics reset_node_auth_attempt_metrics",
		"rabbitmqctl import_definitions {dir}/in.json", "rabbitmqctl -q import_definitions {dir}/in.json --skip-if-unchanged",
		"rabbitmqctl import_definitions {dir}/in.json --formatter json", "rabbitmqctl import_definitions {dir}/nosuch.json",
		"rabbitmqctl import_definitions {dir}/empty.json", "rabbitmqctl import_definitions {dir}/broken.json",
		"rabbitmqctl import_definitions {dir}",
		"rabbitmqctl import_definitions {dir}/in.json --format bogus", "rabbitmqctl import_definitions a b",
		"rabbitmqctl import_definitions {dir}/wrong.json",
		"rabbitmqctl delete_shovel -p {x} nosuch", "rabbitmqctl restart_shovel -p {x} nosuch",
		"rabbitmqctl delete_vhost {x}", "rabbitmqctl delete_vhost {x} [again]", "rabbitmqctl --dry-run delete_user {x}",
		"rabbitmqctl delete_user {x}", "rabbitmqctl delete_user {x} [again]")
	for _, args := range []string{"add_super_stream {x} --partitions 2", "add_super_stream {x} --partitions 2 [again]",
		"add_super_stream {x} --partitions 0", "add_super_stream {x} --partitions x", "add_super_stream {x} --max-age 7D",
		"add_super_stream {x}2 --max-age P1Y2M3DT4H --max-length-bytes 5g",
		"add_super_stream {x}3 --stream-max-segment-size-bytes 5gi", "add_super_stream {x}3 --leader-locator foo",
		"add_super_stream {x}3 --initial-cluster-size 0", "add_super_stream {x}3 --routing-keys a,b --partitions 2",
		"add_super_stream {x}3 --routing-keys a,a", "add_super_stream {x}3 --binding-keys a,b",
		"delete_super_stream {x}", "delete_super_stream {x} [again]", "delete_super_stream {x}2"} {
		add("", "", "rabbitmq-streams "+args+" -p {empty}")
	}
	add(mapped, "", "rabbitmqctl add_user {x}2 secret --formatter json")
	add(newer, "3.10", "rabbitmqctl set_permissions_globally {x}2 ^a .* b",
		"rabbitmqctl update_vhost_metadata {empty} --description e")
	add(newer, "3.10", "rabbitmqctl update_vhost_metadata {nowhere} --description e")
	add(newer, "3.10 4.0", "rabbitmqctl enable_vhost_deletion_protection {empty}",
		"rabbitmqctl disable_vhost_deletion_protection {empty}")
	return cases
}

// parityAlarm returns the last cases, which run while a disk alarm is in effect.
func parityAlarm() []parityCase {
	var cases []parityCase
	for _, args := range []string{
		"rabbitmq-diagnostics alarms", "rabbitmq-diagnostics alarms --formatter json", "rabbitmq-diagnostics check_alarms",
		"rabbitmq-diagnostics check_alarms -s", "rabbitmq-diagnostics check_alarms --formatter json",
		"rabbitmqctl cluster_status", "rabbitmq-diagnostics check_running",
		"rabbitmq-diagnostics check_virtual_hosts",
	} {
		cases = append(cases, parityCase{args: args + " [alarm]"})
	}
	for _, args := range []string{"rabbitmq-diagnostics check_local_alarms",
		"rabbitmq-diagnostics check_local_alarms -q --formatter json"} {
		cases = append(cases, parityCase{args: args + " [alarm]", why: unseeing, on: "4.3"})
	}
	return cases
}
