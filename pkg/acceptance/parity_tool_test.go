//go:build acceptance

package acceptance

import (
	"maps"
	"slices"
)

const (
	inTool  = "it is about the tool's own Erlang, its machine or its terminal"
	dropped = "the tools of this release have this command no longer"
	chance  = "it has a random salt"
	// leftover is the reason of one difference: rabbitmqctl status of 4.0.5 begins with a line that has only [].
	leftover = "the tool of this release prints a line that is about nothing"
)

// parityNodeReads returns more cases that need the cookie: reads of which the API does not know all figures, commands
// that only some releases or plugins have, and command lines that the tools refuse.
func parityNodeReads() []parityCase {
	var cases []parityCase
	for _, args := range []string{
		"rabbitmq-queues quorum_status -q -p {vhost} quorum --formatter json",
		"rabbitmq-streams stream_status -p {vhost} --tracking stream", "rabbitmq-streams stream_status -p {vhost} stream",
		"rabbitmq-streams stream_status -q -p {vhost} stream --formatter json", "rabbitmqctl environment",
		"rabbitmqctl node_health_check", "rabbitmq-queues rebalance quorum",
		"rabbitmq-queues rebalance stream", "rabbitmq-queues rebalance classic",
		"rabbitmq-queues rebalance all --queue-pattern ^quo",
		"rabbitmq-upgrade post_upgrade", "rabbitmq-upgrade post_upgrade -q", "rabbitmq-upgrade post_upgrade x",
		"rabbitmq-diagnostics enable_auth_attempt_source_tracking",
		"rabbitmq-diagnostics disable_auth_attempt_source_tracking",
		"rabbitmq-diagnostics disable_auth_attempt_source_tracking x",
		"rabbitmqctl update_cluster_nodes rabbit@nowhere", "rabbitmqctl update_cluster_nodes",
		"rabbitmqctl stop a b", "rabbitmqctl shutdown x", "rabbitmq-plugins set nonesuch",
		"rabbitmq-plugins set nonesuch rabbitmq_management", "rabbitmqctl wait", "rabbitmqctl wait --pid 999999 -t 3",
		"rabbitmqctl wait --pid 1 /a/file", "rabbitmq-diagnostics log_tail_stream x", "rabbitmq-diagnostics observer x",
		"rabbitmq-diagnostics observer --interval x", "rabbitmq-diagnostics remote_shell x",
		"rabbitmq-diagnostics erlang_cookie_sources x", "rabbitmqctl force_standalone_khepri_boot x",
		"rabbitmqctl restart_federation_link nosuch", "rabbitmqctl await_startup x",
	} {
		cases = append(cases, parityCase{args: args, distant: true, changes: true})
	}
	known := map[string][2]string{
		"rabbitmqctl status":                                                  {leftover, "4.0"},
		"rabbitmqctl reset_stats_db":                                          {pluginOff, "3.10"},
		"rabbitmqctl reset_stats_db --all":                                    {pluginOff, "3.10"},
		"rabbitmqctl list_amqp10_connections":                                 {pluginOff, ""},
		"rabbitmqctl decommission_mqtt_node rabbit@nowhere":                   {pluginOff, ""},
		"rabbitmqctl reconcile_vhosts":                                        {newer, "3.10"},
		"rabbitmqctl reconcile_vhosts x":                                      {newer, "3.10"},
		"rabbitmqctl set_channel_interceptor_priorities a":                    {newer, "3.10 4.0"},
		"rabbitmqctl set_channel_interceptor_priorities a b":                  {newer, "3.10 4.0"},
		"rabbitmqctl remove_classic_queue_mirroring_from_policies":            {newer, "3.10"},
		"rabbitmq-queues list_operator_policies_with_classic_queue_mirroring": {newer, "3.10"},
		"rabbitmqctl list_stomp_connections":                                  {pluginOff, ""},
		"rabbitmqctl list_web_mqtt_connections":                               {pluginOff, ""},
		"rabbitmqctl refresh_trust_store":                                     {pluginOff, ""},
		"rabbitmqctl add_signing_key k":                                       {pluginOff, ""},
		"rabbitmqctl add_uaa_key k":                                           {pluginOff, ""},
		"rabbitmqctl schema_info name":                                        {dropped, "4.3"},
		"rabbitmqctl schema_info name bogus":                                  {dropped, "4.3"},
		"rabbitmq-streams set_stream_retention_policy stream":                 {dropped, "4.3"},
		"rabbitmq-upgrade await_online_synchronized_mirror":                   {younger, "4.0 4.3"},
		"rabbitmqctl hipe_compile /nowhere/x":                                 {younger, "4.0 4.3"},
		"rabbitmqctl hipe_compile":                                            {younger, "4.0 4.3"},
	}
	for _, args := range slices.Sorted(maps.Keys(known)) {
		of := known[args]
		cases = append(cases, parityCase{args: args, why: of[0], on: of[1], distant: true, changes: true})
	}
	return cases
}

// parityOfTool returns the commands that a tool answers without a node.
func parityOfTool() []parityCase {
	var cases []parityCase
	add := func(why, on string, all ...string) {
		for _, args := range all {
			cases = append(cases, parityCase{args: args, why: why, on: on, changes: true})
		}
	}
	add("", "", "rabbitmqctl encode a b c", "rabbitmqctl encode abc --cipher nosuch", "rabbitmqctl decode a b c",
		"rabbitmqctl exec", "rabbitmqctl hash_password x y", "rabbitmqctl list_ciphers x", "rabbitmqctl list_hashes x",
		"rabbitmq-diagnostics version x", "rabbitmqctl autocomplete add_v")
	add(newer, "3.10", "rabbitmqctl hash_password", "rabbitmqctl encrypt_conf_value a b c",
		"rabbitmqctl decrypt_conf_value a b c")
	add(inTool, "", "rabbitmqctl exec 1+1", "rabbitmqctl list_ciphers", "rabbitmqctl list_hashes",
		"rabbitmqctl wait /nonexistent/pid", "rabbitmq-diagnostics erlang_cookie_sources")
	add(own, "", "rabbitmqctl version")
	add(chance, "", "rabbitmqctl encode 1 abc", "rabbitmqctl hash_password abc")
	add(crash, "", "rabbitmqctl decode zz abc")
	return cases
}
