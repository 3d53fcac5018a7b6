package cli

import "github.com/spf13/cobra"

func transportsTopic() *cobra.Command {
	return &cobra.Command{Use: "transports", Short: "HTTP, AMQP and Erlang distribution: which command uses which",
		Long: `rabbitctl talks to the broker in three ways:

  HTTP                 nearly every command, by the management API, with a user and a password: rabbitctl help connecting
  AMQP                 commands about messages, beside HTTP, with the same user: --amqp-url
  Erlang distribution  what the management API has no request for, as rabbitmqctl does it:
                       set_disk_free_limit, activate_free_disk_space_monitoring, deactivate_free_disk_space_monitoring,
                       set_vm_memory_high_watermark, set_log_level, force_gc, stop_app, start_app, stop, shutdown, drain,
                       revive, suspend_listeners, resume_listeners, force_boot, reset, force_reset, eval, join_cluster,
                       forget_cluster_node, change_cluster_node_type, force_standalone_khepri_boot,
                       enable_plugins, disable_plugins, set_plugins, list_installed_plugins, plugin_directories;
                       log_tail, log_tail_stream, consume_event_stream, tls_versions, cipher_suites, os_env,
                       resolve_hostname, resolver_info, discover_peers, erlang_cookie_hash, metadata_store_status,
                       maybe_stuck, list_unresponsive_queues, schema_info; list_queues --source node;
                       certificates, list_network_interfaces, command_line_arguments, runtime_thread_stats, observer,
                       consistent_hash_exchange_ring_state, list_channel_interceptors, set_channel_interceptor_priorities,
                       list_trust_store_certificates, refresh_trust_store, clear_auth_backend_cache, add_signing_key,
                       add_uaa_key, enable_auth_attempt_source_tracking, disable_auth_attempt_source_tracking,
                       reconcile_vhosts, eval_file, remote_shell; peek_queue, transfer_leadership, reclaim_quorum_memory,
                       force_checkpoint, sync_queue, cancel_sync_queue, add_replica, delete_replica, grow_streams, shrink_streams,
                       restart_stream, reset_offset, activate_stream_consumer, coordinator_status,
                       list_stream_consumer_groups, list_stream_group_consumers; and the same
                       commands of rabbitctl as rabbitmqctl; explain_blocked --fix; on releases before 3.11.19 and on
                       3.12.0, whose API has no request for it, add_member, delete_member, grow, grow_to_count and
                       shrink

Erlang distribution needs no Erlang here, no user and no password, but the Erlang cookie of the cluster. Whoever has it
may do anything on the nodes, and run any code there: no user, tag or permission limits that. So rabbitctl uses it only
for what HTTP cannot do. Protected and read_only contexts apply here, too, and --journal records these changes. Erlang
distribution also works while the management plugin is off, and while RabbitMQ is stopped on a node that itself runs:
then check_running, check_alarms, check_local_alarms, check_disk, check_memory, check_node, explain_blocked, status,
doctor and environment print what the node reports about itself. Every other command says whether RabbitMQ runs there,
and what to do. These other commands, check_node and environment ask the node only if an option, a variable or the
context gives the cookie, and not with a cookie from the usual files. If the cookie is given, check_disk asks the nodes
whether they watch their disks, which HTTP does not report. In JSON, the member transports names the transports of an
answer that did not come by HTTP alone; file means a file of this machine (--enabled-plugins-file). Listings are arrays
of rows, which have no place for it: --trace shows the calls of all commands.

rabbitctl as rabbitmqctl list_queues, list_connections, list_channels and list_consumers ask HTTP first, and
then the nodes, if nobody answers HTTP and there is a cookie. They ask the nodes first, as RabbitMQ's own tool does, if
a variable or the context gives the cookie, the node can be connected to, and -n names it or a column is wanted that
HTTP does not have (pid, channel_pid). Each node is then asked for what it has itself. quorum_status of 3.10, environment
of older releases than 3.11.5 and 3.10.13, stream_status, node_health_check of 3.10, post_upgrade and rebalance of some
queues ask the node, too, and status and report are complete only if the cookie is given.

The cookie is found in this order, and never shown nor written anywhere:

  --erlang-cookie-file FILE
  RABBITCTL_ERLANG_COOKIE_FILE, RABBITCTL_ERLANG_COOKIE, RABBITCTL_COOKIE_COMMAND
  erlang_cookie_file or cookie_command of the context (before the variables if --context names it)
  ~/.erlang.cookie
  /var/lib/rabbitmq/.erlang.cookie, as root

A file that its group or others can read is refused. There is no flag for the cookie itself, as every user of a machine
can read a command line.

The node is --node NAME@HOST, as it calls itself: rabbitctl list_nodes shows the names. NAME alone is a node on this
machine. Without --node it is the node that answers HTTP. If that does not give the node's name, and the address is the
default one, it is rabbit on this machine; a note says so, unless nobody answers HTTP there. If the node's name is not
known from another address, the node must be named: by --node, RABBITCTL_NODE or node in the context. rabbitctl asks
epmd on the node's host (port 4369) for the node's port, unless --node-port or --epmd-port says otherwise.

Without TLS others can read and change all that is sent, but not read the cookie. So a node on another machine
needs --tls-distribution, where the cluster uses TLS between its nodes (--cacert, --cert and --key are used for it), or
--plain-distribution, which prints a warning each time. If neither is possible, run the command on the broker's own
machine.

When --timeout ends in the middle of a change, the node continues with it: check whether the change was made.
--trace shows each call, without its arguments.`}
}
